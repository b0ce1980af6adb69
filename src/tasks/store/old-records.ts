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
