import { sql, type Transaction } from 'kysely'
import type { Next } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'

/**
 * Times are ISO 8601. `text` holds the journal lines of one commit, one JSON object per line. `server`: who took the last
 * stream, or looks after the call of a server that died; in `passes` who took this stream. `broken`: how many streams ended without a word of what comes next, and when the last one did.
 */
type Tables = {
  calls: {
    call_id: string
    streams: number
    next: Next | null
    seen_at: string
    server: string | null
    broken: number | null
    broken_at: string | null
  }
  passes: { call_id: string; attempt: number; server: string | null }
  commits: { call_id: string; first_seq: number; text: string }
}

/** A later stream of the call was opened, or another server has this one: who holds an earlier one must not go on. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError'

  constructor(callId: string, attempt: number) {
    super(`stream ${attempt} of call ${callId} is over: a later one was opened, or another server has it.`)
  }
}

/** The streams of a call that were opened, and how many of them broke. */
export interface Breaks {
  readonly streams: number
  /** With this time. */
  readonly times: number
  /** Since the time before; undefined where this is the first one. */
  readonly sinceMs: number | undefined
}

/**
 * State shared by all servers of one number: used passes, what a call meets next, and its committed journal. The number of
 * a stream, and who took its pass, fence what is written of it: once a later one has its pass, nothing is taken from who
 * holds an earlier one; and of two servers that hold the same one, as the store was away for one of them, only that one's
 * is taken whose pass it has.
 */
export interface Store {
  /** True for the first request for this stream of this call, ever, if no later one was opened. */
  takePass(callId: string, attempt: number, at: Date): Promise<boolean>
  /** Whether it was this server that took it: it may not have heard of it. */
  tookPass(callId: string, attempt: number): Promise<boolean>
  /** Changes nothing where a later stream was opened, or another server has this one. */
  keepNext(callId: string, next: Next, attempt?: number): Promise<void>
  factsOf(callId: string): Promise<{ readonly streams: number; readonly next: Next | undefined }>
  /** Counts a stream that ended without a word of what comes next. */
  broke(callId: string, at: Date): Promise<Breaks>
  /**
   * Durable once resolved. `text` holds complete journal lines; the first has the number `firstSeq`. Throws
   * SupersededError where a later stream was opened, or another server has this one. `by` wrote the lines, where that is
   * the same machine's server of before.
   */
  commit(callId: string, attempt: number, firstSeq: number, text: string, by?: string): Promise<void>
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

/** Since the version that carries calls on. */
const COLUMNS = { server: 'text', broken: 'integer', broken_at: 'text' }
const COLUMNS_OF_PASSES = { server: 'text' }

/** SQLite takes 32,766 parameters. */
const IDS_A_DELETE = 500

async function deleteAll(transaction: Transaction<Tables>, callIds: readonly string[]): Promise<void> {
  for (const table of ['commits', 'passes', 'calls'] as const) {
    await transaction.deleteFrom(table).where('call_id', 'in', callIds).execute()
  }
}

/**
 * Whether this row of `calls` takes what is written of a stream by this server. A server that looks after the call of one
 * that seemed dead has taken no pass: the call is still that one's until its next stream.
 */
const mayWrite = (callId: string, attempt: number, server: string | null) => sql<boolean>`(
  streams < cast(${attempt} as integer) or (streams = cast(${attempt} as integer) and (
    exists (
      select 1 from passes where passes.call_id = ${callId} and passes.attempt = cast(${attempt} as integer)
        and (passes.server is null or passes.server = ${server})))))`

/**
 * The store in a shared database. Creates missing tables. The opener of the database closes it. `server`: which process
 * takes passes here.
 */
export async function storeIn(database: Database, server: string | null = null): Promise<Store> {
  await database.make(TABLES)
  await database.addColumns('calls', COLUMNS)
  await database.addColumns('passes', COLUMNS_OF_PASSES)
  const db = database.db.withTables<Tables>()
  // A pass that is being taken is waited for. SQLite has one writer at a time anyway.
  const locked = sql.raw(database.kind === 'postgres' ? 'for share' : '')

  const factsOf: Store['factsOf'] = async callId => {
    const call = await db.selectFrom('calls').selectAll().where('call_id', '=', callId).executeTakeFirst()
    return { streams: call?.streams ?? 0, next: call?.next ?? undefined }
  }

  return {
    // One transaction, because a database that is locked is waited for once.
    takePass: (callId, attempt, at) =>
      db.transaction().execute(async transaction => {
        const taken = await transaction
          .insertInto('passes')
          .values({ call_id: callId, attempt, server })
          .onConflict(conflict => conflict.doNothing())
          .executeTakeFirst()
        if (taken.numInsertedOrUpdatedRows !== 1n) return false
        const holder = { streams: attempt, next: null, server }
        const kept = await transaction
          .insertInto('calls')
          .values({ call_id: callId, seen_at: at.toISOString(), ...holder, broken: null, broken_at: null })
          .onConflict(conflict => conflict.column('call_id').doUpdateSet(holder).where('calls.streams', '<', attempt))
          .executeTakeFirst()
        return kept.numInsertedOrUpdatedRows === 1n
      }),
    async tookPass(callId, attempt) {
      const pass = db.selectFrom('passes').select('server').where('call_id', '=', callId)
      return (await pass.where('attempt', '=', attempt).executeTakeFirst())?.server === server
    },
    async keepNext(callId, next, attempt) {
      await db
        .updateTable('calls')
        .set({ next })
        .where('call_id', '=', callId)
        .$if(attempt !== undefined, query => query.where(mayWrite(callId, attempt ?? 0, server)))
        .execute()
    },
    factsOf,
    broke: (callId, at) =>
      db.transaction().execute(async transaction => {
        const before = await transaction
          .selectFrom('calls')
          .selectAll()
          .where('call_id', '=', callId)
          .$if(database.kind === 'postgres', query => query.forUpdate())
          .executeTakeFirst()
        const times = (before?.broken ?? 0) + 1
        const broken = { broken: times, broken_at: at.toISOString() }
        await transaction
          .insertInto('calls')
          .values({ call_id: callId, streams: 0, next: null, seen_at: at.toISOString(), server: null, ...broken })
          .onConflict(conflict => conflict.column('call_id').doUpdateSet(broken))
          .execute()
        const last = before?.broken_at ?? undefined
        return {
          ...{ streams: before?.streams ?? 0, times },
          sinceMs: last === undefined ? undefined : Math.max(0, at.getTime() - Date.parse(last)),
        }
      }),
    async commit(callId, attempt, firstSeq, text, by) {
      const { numAffectedRows } = await sql`
        with held as (select streams, server from calls where call_id = ${callId} ${locked})
        insert into commits (call_id, first_seq, text)
        select ${callId}, cast(${firstSeq} as integer), ${text}
        where not exists (select 1 from held where not ${mayWrite(callId, attempt, by ?? server)})
        on conflict (call_id, first_seq) do update set text = excluded.text
        where substr(excluded.text, 1, length(commits.text)) = commits.text`.execute(db)
      if (numAffectedRows === 1n) return
      // One whose answer was lost comes again, with more lines perhaps; it may also come late, with fewer.
      const there = db.selectFrom('commits').select('text').where('call_id', '=', callId)
      const found = await there.where('first_seq', '=', firstSeq).executeTakeFirst()
      if (found?.text.startsWith(text)) return
      const call = db.selectFrom('calls').select('call_id').where('call_id', '=', callId)
      const own = await call.where(mayWrite(callId, attempt, by ?? server)).executeTakeFirst()
      if (!own && (await factsOf(callId)).streams > 0) throw new SupersededError(callId, attempt)
      throw new Error('other lines of this call are committed in their place')
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
