import type { Database } from '../../database/database.ts'

/** `number` is E.164; `at` is ISO 8601 in UTC. */
type Tables = { staff_transfers: { call_id: string; attempt: number; number: string; at: string } }

const TABLES = [
  `create table if not exists staff_transfers (call_id text not null, attempt integer not null, number text not null,
    at text not null, primary key (call_id, attempt))`,
  'create index if not exists staff_transfers_by_time on staff_transfers (at)',
]
/** The carrier asks within seconds. */
const KEPT_MS = 24 * 3_600_000

/** The numbers to which staff transfer calls, for whichever server the carrier asks. */
export interface Transfers {
  keep(call: { readonly callId: string; readonly attempt: number }, number: string, at: Date): Promise<void>
  /** The number to which this stream of the call is transferred; undefined where staff have named none. */
  numberFor(callId: string, attempt: number): Promise<string | undefined>
  /** Deletes at most `most` that are older than a day; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

export async function transfersIn(database: Database): Promise<Transfers> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    async keep({ callId, attempt }, number, at) {
      const row = { number, at: at.toISOString() }
      await db
        .insertInto('staff_transfers')
        .values({ call_id: callId, attempt, ...row })
        .onConflict(conflict => conflict.columns(['call_id', 'attempt']).doUpdateSet(row))
        .execute()
    },
    async numberFor(callId, attempt) {
      const row = await db
        .selectFrom('staff_transfers')
        .select('number')
        .where('call_id', '=', callId)
        .where('attempt', '=', attempt)
        .executeTakeFirst()
      return row?.number
    },
    async tidy(at, most) {
      const before = new Date(at.getTime() - KEPT_MS).toISOString()
      const old = db.selectFrom('staff_transfers').select('call_id').where('at', '<', before).orderBy('at').limit(most)
      const deleted = await db.deleteFrom('staff_transfers').where('call_id', 'in', old).executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}
