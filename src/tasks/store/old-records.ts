import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'

/** Idempotency keys are remembered for so long, and with them what an undo needs. */
const KEYS_REMEMBERED_MS = 30 * 24 * 3_600_000

/** Deletes at most `most` records of changes that need not be remembered any more at `at`; gives how many. */
export async function deleteOldChanges({ db }: Database, at: Date, most: number): Promise<number> {
  const cutoff = new Date(at.getTime() - KEYS_REMEMBERED_MS).toISOString()
  const old = sql`select owner, seq from task_changes where at < ${cutoff} order by at limit ${most}`
  const deleted = await sql`delete from task_changes where (owner, seq) in (${old})`.execute(db)
  return Number(deleted.numAffectedRows ?? 0)
}

/** Whoever has no tasks and no changes that are remembered. */
const IS_IDLE = sql`pending = 0 and completed = 0 and not exists
  (select 1 from task_changes where task_changes.owner = task_owners.owner)`

/** Deletes at most `most` owners, who are phone numbers, of whom nothing else is left; gives how many. */
export async function deleteIdleOwners({ db }: Database, most: number): Promise<number> {
  const idle = await sql<{ owner: string }>`select owner from task_owners where ${IS_IDLE} limit ${most}`.execute(db)
  let deleted = 0
  for (const { owner } of idle.rows) {
    deleted += await db.transaction().execute(async transaction => {
      // Changes of an owner wait for each other at this row: what the next statement sees stays true.
      await sql`update task_owners set changes = changes where owner = ${owner}`.execute(transaction)
      const gone = await sql`delete from task_owners where owner = ${owner} and ${IS_IDLE}`.execute(transaction)
      return Number(gone.numAffectedRows ?? 0)
    })
  }
  return deleted
}
