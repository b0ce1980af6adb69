import type { TaskTables } from '../../src/tasks/store/tables.ts'
import type { Rig } from './rig.ts'
import type { WishName } from './wishes.ts'

/** What each wish leaves. */
const TITLES: Readonly<Partial<Record<WishName, string>>> = {
  vendor: 'call the vendor',
  proposal: 'finish the proposal',
}

/** What was done more or less often than a person wanted it, by the database of the tasks and by somebody else's tool. */
export async function sideEffects(
  { database, tool }: Rig,
  callSid: string,
  owner: string,
  wishes: readonly WishName[],
): Promise<readonly string[]> {
  const db = database.db.withTables<TaskTables>()
  const tasks = await db.selectFrom('tasks').select('title').where('owner', '=', owner).execute()
  const changes = await db.selectFrom('task_changes').select('what').where('owner', '=', owner).execute()
  const isDeleted = wishes.includes('delete')
  const wanted = wishes.flatMap(name => TITLES[name] ?? [])
  const left = wanted.filter(title => !(isDeleted && title === TITLES.vendor))
  const found = tasks.map(({ title }) => title).toSorted()
  const problems: string[] = []
  if (found.join() !== left.toSorted().join())
    problems.push(`the tasks are [${found.join(', ')}], not [${left.join(', ')}]`)
  const most = wanted.length + (isDeleted ? 1 : 0)
  if (changes.length !== most) problems.push(`${changes.length} changes were made, not ${most}`)
  const sent = tool.sent().filter(({ key }) => key.startsWith(callSid)).length
  const invoices = wishes.includes('invoice') ? 1 : 0
  if (sent !== invoices) problems.push(`${sent} invoices were sent, not ${invoices}`)
  return problems
}
