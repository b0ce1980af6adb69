import { createHash } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { type CallRow, LATER_COLUMNS, type Tables, tables } from './call-index-tables.ts'
import type { KeptCaller } from './caller-secrets.ts'
import { PLACES_PER_MS, type ReadQuery } from './query.ts'
import type { CallSummary, Outcome } from './records.ts'
import type { Told } from './summary.ts'
import { wordsOfCalls } from './words.ts'

/** A call as the index has it, with its caller's number sealed. */
export interface IndexedCall {
  readonly summary: Omit<CallSummary, 'caller'>
  readonly callerSealed: string | undefined
}

export interface CallIndex {
  /** Puts a call in, or in place of what is kept of it. Its tags stay. */
  keep(callId: string, told: Told, caller: KeptCaller | undefined): Promise<void>
  /** `callerHash` stands for the query's caller. `next` is for the query's `after`. */
  list(
    query: ReadQuery,
    callerHash: string | undefined,
  ): Promise<{ calls: readonly IndexedCall[]; next: string | null }>
  get(callId: string): Promise<IndexedCall | undefined>
  /** Replaces the tags. False where the call is not in the index. */
  setTags(callId: string, tags: readonly string[]): Promise<boolean>
  /** Which of these calls are in the index. */
  known(callIds: readonly string[]): Promise<ReadonlySet<string>>
  callsOf(callerHash: string): Promise<readonly string[]>
  forget(callIds: readonly string[]): Promise<void>
  /** The calls that began in this span, the oldest first; `to` is not included. */
  costs(from: Date, to: Date): AsyncGenerator<IndexedCost>
  /** The oldest calls that began before then, `most` at most. */
  before(at: Date, most: number): Promise<readonly string[]>
}

/** What the index has for whoever adds up costs. `callerHash` is null where the number is withheld or there is none. */
export type IndexedCost = Pick<CallSummary, 'callId' | 'startedAt' | 'agent' | 'channel' | 'lengthMs' | 'costUsd'> & {
  readonly callerHash: string | null
}

const FAILURES: readonly Outcome[] = ['failed', 'killed']
/** Another server may take the same place at the same moment. */
const TRIES = 3
/** SQLite takes 32,766 parameters. */
const IDS_A_QUERY = 500

/** A place for a new call. Calls that begin in the same millisecond seldom want the same one. */
async function freePlace(db: Kysely<Tables>, callId: string, startedAt: string): Promise<number> {
  const first = Date.parse(startedAt) * PLACES_PER_MS
  const own = first + (createHash('sha256').update(callId).digest().readUInt32BE() % PLACES_PER_MS)
  const { taken, last } = await db
    .selectFrom('call_index')
    .select(({ fn }) => [fn.count('place').filterWhere('place', '=', own).as('taken'), fn.max('place').as('last')])
    .where('place', '>=', first)
    .where('place', '<', first + PLACES_PER_MS)
    .executeTakeFirstOrThrow()
  return Number(taken) === 0 ? own : Number(last) + 1
}

/** The index of all calls in the shared database. Creates missing tables. */
export async function callIndexIn(database: Database): Promise<CallIndex> {
  const words = wordsOfCalls(database.kind)
  await database.make([...tables(database.kind === 'sqlite' ? 'integer' : 'bigint'), ...words.tables])
  await database.addColumns('call_index', LATER_COLUMNS)
  const db = database.db.withTables<Tables>()

  const keepOnce = (callId: string, { summary, words: said }: Told, caller: KeptCaller | undefined): Promise<void> =>
    db.transaction().execute(async transaction => {
      const known = await transaction
        .selectFrom('call_index')
        .select('place')
        .where('call_id', '=', callId)
        .executeTakeFirst()
      const place = Number(known?.place ?? (await freePlace(transaction, callId, summary.startedAt)))
      const facts = {
        started_at: summary.startedAt,
        agent: summary.agent,
        ...{ channel: summary.channel, direction: summary.direction },
        outcome: summary.outcome,
        length_ms: summary.lengthMs,
        turns: summary.turns,
        latency_p50_ms: summary.latencyP50Ms,
        latency_p95_ms: summary.latencyP95Ms,
        interruptions: summary.interruptions,
        errors: summary.errors,
        cost_usd: summary.costUsd,
        ...{ mos: summary.mos, loss_percent: summary.lossPercent, jitter_ms: summary.jitterMs },
        ...(caller && { caller_hash: caller.hash, caller_sealed: caller.sealed }),
      }
      await transaction
        .insertInto('call_index')
        .values({ place, call_id: callId, caller_hash: null, caller_sealed: null, ...facts })
        .onConflict(conflict => conflict.column('call_id').doUpdateSet(facts))
        .execute()
      for (const statement of words.keep(place, said)) await statement.execute(transaction)
    })

  async function withTags(rows: readonly Selectable<CallRow>[]): Promise<readonly IndexedCall[]> {
    if (rows.length === 0) return []
    const places = rows.map(({ place }) => place)
    const tagged = await db.selectFrom('call_tags').selectAll().where('place', 'in', places).orderBy('tag').execute()
    return rows.map(row =>
      indexedCall(
        row,
        tagged.filter(({ place }) => place === row.place),
      ),
    )
  }

  /** The newest of the calls that the query is for: one more than its page holds, if there are more. */
  function found(query: ReadQuery, callerHash: string | undefined): Promise<readonly Selectable<CallRow>[]> {
    const { fromPlace, beforePlace, outcome, agent, tag, slowMs, interrupted, failed } = query
    // With words their table comes first: it is read in the order of the list until the page is full.
    const hasWords = query.words.length > 0
    const place = sql<number>`${sql.ref(hasWords ? words.place : 'call_index.place')}`
    return db
      .selectFrom('call_index')
      .$if(hasWords, rows =>
        rows
          .innerJoin('call_words', join => join.on(sql`call_index.place`, '=', place))
          .where(words.haveAll(query.words)),
      )
      .selectAll('call_index')
      .$if(fromPlace !== undefined, rows => rows.where(place, '>=', fromPlace ?? 0))
      .$if(beforePlace !== undefined, rows => rows.where(place, '<', beforePlace ?? 0))
      .$if(outcome !== undefined, rows => rows.where('outcome', '=', outcome ?? 'failed'))
      .$if(agent !== undefined, rows => rows.where('agent', '=', agent ?? ''))
      .$if(tag !== undefined, rows =>
        rows.where(
          'call_index.place',
          'in',
          db
            .selectFrom('call_tags')
            .select('place')
            .where('tag', '=', tag ?? ''),
        ),
      )
      .$if(slowMs !== undefined, rows => rows.where('latency_p95_ms', '>=', slowMs ?? 0))
      .$if(interrupted !== undefined, rows => rows.where('interruptions', interrupted ? '>' : '=', 0))
      .$if(failed === true, rows =>
        rows.where(({ or, eb }) => or([eb('outcome', 'in', FAILURES), eb('errors', '>', 0)])),
      )
      .$if(failed === false, rows => rows.where('outcome', 'not in', FAILURES).where('errors', '=', 0))
      .$if(callerHash !== undefined, rows => rows.where('caller_hash', '=', callerHash ?? ''))
      .orderBy(place, 'desc')
      .limit(query.most + 1)
      .execute()
  }

  return {
    async keep(callId, told, caller) {
      for (let tries = 1; ; tries++) {
        try {
          return await keepOnce(callId, told, caller)
        } catch (error) {
          if (tries >= TRIES) throw error
        }
      }
    },
    async list(query, callerHash) {
      const rows = await found(query, callerHash)
      const page = rows.slice(0, query.most)
      return { calls: await withTags(page), next: rows.length > page.length ? String(page.at(-1)?.place) : null }
    },
    async get(callId) {
      const rows = await db.selectFrom('call_index').selectAll().where('call_id', '=', callId).execute()
      return (await withTags(rows))[0]
    },
    setTags: (callId, tags) =>
      db.transaction().execute(async transaction => {
        const call = await transaction
          .selectFrom('call_index')
          .select('place')
          .where('call_id', '=', callId)
          .executeTakeFirst()
        if (!call) return false
        const { place } = call
        await transaction.deleteFrom('call_tags').where('place', '=', place).execute()
        if (tags.length > 0)
          await transaction
            .insertInto('call_tags')
            .values(tags.map(tag => ({ place, tag })))
            .execute()
        return true
      }),
    async known(callIds) {
      const known = new Set<string>()
      for (const ids of batchesOf(callIds)) {
        const rows = await db.selectFrom('call_index').select('call_id').where('call_id', 'in', ids).execute()
        for (const { call_id } of rows) known.add(call_id)
      }
      return known
    },
    async callsOf(callerHash) {
      const rows = await db.selectFrom('call_index').select('call_id').where('caller_hash', '=', callerHash).execute()
      return rows.map(({ call_id }) => call_id)
    },
    async forget(callIds) {
      for (const ids of batchesOf(callIds)) {
        await db.transaction().execute(async transaction => {
          const rows = await transaction.selectFrom('call_index').select('place').where('call_id', 'in', ids).execute()
          if (rows.length === 0) return
          const places = rows.map(({ place }) => Number(place))
          await words.forget(places).execute(transaction)
          await transaction.deleteFrom('call_tags').where('place', 'in', places).execute()
          await transaction.deleteFrom('call_index').where('place', 'in', places).execute()
        })
      }
    },
    async *costs(from, to) {
      for (let after = from.getTime() * PLACES_PER_MS - 1; ; ) {
        const rows = await db
          .selectFrom('call_index')
          .select(['place', 'call_id', 'started_at', 'agent', 'channel', 'length_ms', 'cost_usd', 'caller_hash'])
          .where('place', '>', after)
          .where('place', '<', to.getTime() * PLACES_PER_MS)
          .orderBy('place')
          .limit(IDS_A_QUERY)
          .execute()
        for (const row of rows) {
          const { call_id: callId, started_at: startedAt, agent, channel, caller_hash: callerHash } = row
          yield { callId, startedAt, agent, channel, lengthMs: row.length_ms, costUsd: row.cost_usd, callerHash }
        }
        const last = rows.at(-1)
        if (!last || rows.length < IDS_A_QUERY) return
        after = Number(last.place)
      }
    },
    async before(at, most) {
      const rows = await db
        .selectFrom('call_index')
        .select('call_id')
        .where('place', '<', at.getTime() * PLACES_PER_MS)
        .orderBy('place')
        .limit(most)
        .execute()
      return rows.map(({ call_id }) => call_id)
    },
  }
}

function* batchesOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += IDS_A_QUERY) yield ids.slice(from, from + IDS_A_QUERY)
}

const indexedCall = (row: Selectable<CallRow>, tags: readonly { readonly tag: string }[]): IndexedCall => ({
  callerSealed: row.caller_sealed ?? undefined,
  summary: {
    callId: row.call_id,
    agent: row.agent,
    channel: row.channel,
    direction: row.direction === 'outbound' ? 'outbound' : 'inbound',
    startedAt: row.started_at,
    lengthMs: row.length_ms,
    outcome: row.outcome,
    turns: row.turns,
    latencyP50Ms: row.latency_p50_ms,
    latencyP95Ms: row.latency_p95_ms,
    interruptions: row.interruptions,
    errors: row.errors,
    costUsd: row.cost_usd,
    ...{ mos: row.mos, lossPercent: row.loss_percent, jitterMs: row.jitter_ms },
    tags: tags.map(({ tag }) => tag),
  },
})
