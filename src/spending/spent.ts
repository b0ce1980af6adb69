import { sql } from 'kysely'
import type { Database } from '../database/database.ts'

/** What a call has cost so far. `day` is that of its beginning: YYYY-MM-DD. */
type Tables = { call_spending: { call_id: string; day: string; caller_hash: string; usd: number } }

/** What a call adds to the sums of its day. */
export interface CallSpent {
  readonly callId: string
  readonly day: string
  /** A keyed hash of whose call it is. */
  readonly caller: string
  readonly usd: number
}

/** What the other calls of the same day have cost, those that go on included. */
export interface OtherCalls {
  readonly callerUsd: number
  readonly dayUsd: number
}

/** What calls have cost today, over all servers. */
export interface Spent {
  /** Keeps what the call costs now, and tells what the others have cost. */
  keep(call: CallSpent): Promise<OtherCalls>
  others(call: Omit<CallSpent, 'usd'>): Promise<OtherCalls>
  forget(callIds: readonly string[]): Promise<void>
  /** Deletes at most `most` calls of the days before. */
  tidy(day: string, most: number): Promise<number>
}

const TABLES = [
  `create table if not exists call_spending (
    call_id text primary key, day text not null, caller_hash text not null, usd double precision not null)`,
  'create index if not exists call_spending_by_day on call_spending (day, caller_hash, usd)',
]
/** SQLite takes 32,766 parameters. */
const IDS_A_DELETE = 500

/** The sums in the shared database. Creates the missing table. The day's sum is asked for where a budget is about it. */
export async function spentIn(database: Database, wantsDay: boolean): Promise<Spent> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  async function others({ callId, day, caller }: Omit<CallSpent, 'usd'>): Promise<OtherCalls> {
    const sum = db
      .selectFrom('call_spending')
      .select(sql<number | null>`sum(usd)`.as('usd'))
      .where('day', '=', day)
      .where('call_id', '!=', callId)
    const ofCaller = await sum.where('caller_hash', '=', caller).executeTakeFirst()
    const ofDay = wantsDay ? await sum.executeTakeFirst() : undefined
    return { dayUsd: Number(ofDay?.usd ?? 0), callerUsd: Number(ofCaller?.usd ?? 0) }
  }

  return {
    others,
    async keep({ callId, day, caller, usd }) {
      await db
        .insertInto('call_spending')
        .values({ call_id: callId, day, caller_hash: caller, usd })
        .onConflict(conflict => conflict.column('call_id').doUpdateSet({ usd }))
        .execute()
      return others({ callId, day, caller })
    },
    async forget(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_A_DELETE)
        await db
          .deleteFrom('call_spending')
          .where('call_id', 'in', callIds.slice(from, from + IDS_A_DELETE))
          .execute()
    },
    async tidy(day, most) {
      const old = await db.selectFrom('call_spending').select('call_id').where('day', '<', day).limit(most).execute()
      if (old.length === 0) return 0
      const ids = old.map(({ call_id }) => call_id)
      await db.deleteFrom('call_spending').where('call_id', 'in', ids).execute()
      return ids.length
    },
  }
}
