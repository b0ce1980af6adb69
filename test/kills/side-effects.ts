import type { TaskTables } from '../../src/tasks/store/tables.ts'
import type { Rig } from './rig.ts'
import type { WishName } from './wishes.ts'

/** What each wish leaves. */
const TITLES: Readonly<Partial<Record<WishName, string>>> = {
  vendor: 'call the vendor',
  proposal: 'finish the proposal',
}

/** What was done more often than a person wanted it, and what was not done. */
export interface SideEffects {
  readonly more: readonly string[]
  readonly less: readonly string[]
}

/** By the database of the tasks, and by somebody else's tool. */
export async function sideEffects(
  { database, tool }: Rig,
  callSid: string,
  owner: string,
  wishes: readonly WishName[],
): Promise<SideEffects> {
  const db = database.db.withTables<TaskTables>()
  const tasks = await db.selectFrom('tasks').select('title').where('owner', '=', owner).execute()
  const changes = await db.selectFrom('task_changes').select('what').where('owner', '=', owner).execute()
  const isDeleted = wishes.includes('delete')
  const wanted = wishes.flatMap(name => TITLES[name] ?? [])
  const invoices = tool.sent().filter(({ key }) => key.startsWith(callSid)).length
  const counts: readonly (readonly [what: string, is: number, wanted: number])[] = [
    ...Object.values(TITLES).map(title => {
      const is = tasks.filter(task => task.title === title).length
      // One that is still there was not deleted: that is a change too few.
      const should = isDeleted && title === TITLES.vendor ? Math.min(is, 1) : wanted.filter(one => one === title).length
      return [`task "${title}"`, is, should] as const
    }),
    ['changes', changes.length, wanted.length + (isDeleted ? 1 : 0)],
    ['invoices', invoices, wishes.includes('invoice') ? 1 : 0],
  ]
  const told = counts.map(([what, is, should]) => ({ is, should, text: `${what}: ${is}, not ${should}` }))
  return {
    more: told.filter(({ is, should }) => is > should).map(({ text }) => text),
    less: told.filter(({ is, should }) => is < should).map(({ text }) => text),
  }
}
