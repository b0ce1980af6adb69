import { sql, type Transaction } from 'kysely'
import type { Next } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'

/** Times are ISO 8601. `text` holds the journal lines of one commit, one JSON object per line. */
type Tables = {
  calls: { call_id: string; streams: number; next: Next | null; seen_at: string }
  passes: { call_id: string; attempt: number }
  commits: { call_id: string; first_seq: number; text: string }
}

/** State shared by all servers of one number: used passes, what a call meets next, and its committed journal. */
export interface Store {
  /** True for the first request for this stream of this call, ever. */
  takePass(callId: string, attempt: number, at: Date): Promise<boolean>
  keepNext(callId: string, next: Next): Promise<void>
  factsOf(callId: string): Promise<{ readonly streams: number; readonly next: Next | undefined }>
  /** Durable once resolved. `text` holds complete journal lines; the first has the number `firstSeq`. */
  commit(callId: string, firstSeq: number, text: string): Promise<void>
  /** The committed lines of a call, in order. */
  linesOf(callId: string): Promise<readonly string[]>
  /** Deletes all that is stored of these calls. */
  forget(callIds: readonly string[]): Promise<void>
  /** Deletes all that is stored of at most `most` calls that began before then and are not among the live ones. */
  deleteCalls(before: Date, most: number, live: readonly string[]): Promise<number>
}

const TABLES = [
  'create table if not exists calls (call_id text primary key, streams integer not null, next text, seen_at text not null)',
  'create table if not exists passes (call_id text, attempt integer, primary key (call_id, attempt))',
  'create table if not exists commits (call_id text, first_seq integer, text text not null, primary key (call_id, first_seq))',
  'create index if not exists calls_by_time on calls (seen_at)',
]

/** SQLite takes 32,766 parameters. */
const IDS_A_DELETE = 500

async function deleteAll(transaction: Transaction<Tables>, callIds: readonly string[]): Promise<void> {
  for (const table of ['commits', 'passes', 'calls'] as const) {
    await transaction.deleteFrom(table).where('call_id', 'in', callIds).execute()
  }
}

/** The store in a shared database. Creates missing tables. The opener of the database closes it. */
export async function storeIn(database: Database): Promise<Store> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    // One transaction, because a database that is locked is waited for once.
    takePass: (callId, attempt, at) =>
      db.transaction().execute(async transaction => {
        const taken = await transaction
          .insertInto('passes')
          .values({ call_id: callId, attempt })
          .onConflict(conflict => conflict.doNothing())
          .executeTakeFirst()
        if (taken.numInsertedOrUpdatedRows !== 1n) return false
        await transaction
          .insertInto('calls')
          .values({ call_id: callId, streams: attempt, next: null, seen_at: at.toISOString() })
          .onConflict(conflict => conflict.column('call_id').doUpdateSet({ streams: attempt, next: null }))
          .execute()
        return true
      }),
    async keepNext(callId, next) {
      await db.updateTable('calls').set({ next }).where('call_id', '=', callId).execute()
    },
    async factsOf(callId) {
      const call = await db.selectFrom('calls').selectAll().where('call_id', '=', callId).executeTakeFirst()
      return { streams: call?.streams ?? 0, next: call?.next ?? undefined }
    },
    async commit(callId, firstSeq, text) {
      const { numInsertedOrUpdatedRows: rows } = await db
        .insertInto('commits')
        .values({ call_id: callId, first_seq: firstSeq, text })
        // One whose answer was lost comes again, with more lines perhaps.
        .onConflict(conflict =>
          conflict
            .columns(['call_id', 'first_seq'])
            .doUpdateSet({ text })
            .where(sql<boolean>`substr(excluded.text, 1, length(commits.text)) = commits.text`),
        )
        .executeTakeFirst()
      if (rows === 1n) return
      // It may also come late, with fewer.
      const there = db.selectFrom('commits').select('text').where('call_id', '=', callId)
      const found = await there.where('first_seq', '=', firstSeq).executeTakeFirst()
      if (!found?.text.startsWith(text)) throw new Error('other lines of this call are committed in their place')
    },
    async linesOf(callId) {
      const commits = await db
        .selectFrom('commits')
        .select('text')
        .where('call_id', '=', callId)
        .orderBy('first_seq')
        .execute()
      return commits.flatMap(({ text }) => text.split('\n').filter(line => line !== ''))
    },
    async forget(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_A_DELETE) {
        const ids = callIds.slice(from, from + IDS_A_DELETE)
        await db.transaction().execute(transaction => deleteAll(transaction, ids))
      }
    },
    deleteCalls: (before, most, live) =>
      db.transaction().execute(async transaction => {
        const old = await transaction
          .selectFrom('calls')
          .select('call_id')
          .where('seen_at', '<', before.toISOString())
          .$if(live.length > 0, query => query.where('call_id', 'not in', live))
          .orderBy('seen_at')
          .limit(most)
          .execute()
        const ids = old.map(({ call_id }) => call_id)
        if (ids.length === 0) return 0
        await deleteAll(transaction, ids)
        return ids.length
      }),
  }
}
