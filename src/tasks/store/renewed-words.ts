import type { Kysely } from 'kysely'
import type { TaskTables } from './tables.ts'
import { titleWords, WORDS_VERSION } from './title-words.ts'

const AT_ONCE = 500

/** Makes the words of all stored titles anew where older rules made them, so that what is said now still finds them. */
export async function renewWords(db: Kysely<TaskTables>): Promise<void> {
  const renewed = await db
    .selectFrom('task_words')
    .where('version', '>=', WORDS_VERSION)
    .select('version')
    .executeTakeFirst()
  if (renewed) return
  let last = { owner: '', id: '' }
  while (true) {
    const { owner, id } = last
    const rows = await db
      .selectFrom('tasks')
      .where(({ or, and, eb }) => or([eb('owner', '>', owner), and([eb('owner', '=', owner), eb('id', '>', id)])]))
      .select(['owner', 'id', 'title', 'words'])
      .orderBy('owner')
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    for (const row of rows) {
      const words = titleWords(row.title)
      if (words === row.words) continue
      await db
        .updateTable('tasks')
        .set({ words })
        .where('owner', '=', row.owner)
        .where('id', '=', row.id)
        // A title that was changed meanwhile has its new words already.
        .where('title', '=', row.title)
        .execute()
    }
    const end = rows.at(-1)
    if (end === undefined) break
    last = end
  }
  await db
    .insertInto('task_words')
    .values({ version: WORDS_VERSION })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
