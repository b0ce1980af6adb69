import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'

/** `id` is the SHA-256 of a call's id, so that nothing of the call itself is left. */
type Tables = { forgotten_calls: { id: string }; forgetting_calls: { call_id: string } }

const TABLES = [
  'create table if not exists forgotten_calls (id text primary key)',
  'create table if not exists forgetting_calls (call_id text primary key)',
]
/** A statement takes a bounded number of values. */
const IDS_AT_ONCE = 500

/** Calls that were deleted on request. Another server may have a folder of theirs, which it must not take for one that was left. */
export interface Forgotten {
  add(callIds: readonly string[]): Promise<void>
  among(callIds: readonly string[]): Promise<ReadonlySet<string>>
  /** How many there are: more whenever some server has forgotten a call. */
  count(): Promise<number>
  /** These calls go on, and are to be forgotten when they are over. */
  putOff(callIds: readonly string[]): Promise<void>
  /** The calls that were put off, and of which something is left. */
  waiting(): Promise<readonly string[]>
  /** Nothing is left of these calls. */
  done(callIds: readonly string[]): Promise<void>
}

const idOf = (callId: string): string => createHash('sha256').update(callId).digest('base64url')

export async function forgottenIn(database: Database): Promise<Forgotten> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()
  const batches = function* (callIds: readonly string[]): Generator<readonly string[]> {
    for (let from = 0; from < callIds.length; from += IDS_AT_ONCE) yield callIds.slice(from, from + IDS_AT_ONCE)
  }

  return {
    async add(callIds) {
      for (const ids of batches(callIds)) {
        const rows = ids.map(callId => ({ id: idOf(callId) }))
        await db
          .insertInto('forgotten_calls')
          .values(rows)
          .onConflict(conflict => conflict.doNothing())
          .execute()
      }
    },
    async among(callIds) {
      const found = new Set<string>()
      for (const ids of batches(callIds)) {
        const some = new Map(ids.map(callId => [idOf(callId), callId]))
        const rows = await db
          .selectFrom('forgotten_calls')
          .select('id')
          .where('id', 'in', [...some.keys()])
          .execute()
        for (const { id } of rows) found.add(some.get(id) ?? '')
      }
      return found
    },
    async count() {
      const { all } = await db
        .selectFrom('forgotten_calls')
        .select(({ fn }) => fn.countAll().as('all'))
        .executeTakeFirstOrThrow()
      return Number(all)
    },
    async putOff(callIds) {
      for (const ids of batches(callIds))
        await db
          .insertInto('forgetting_calls')
          .values(ids.map(call_id => ({ call_id })))
          .onConflict(conflict => conflict.doNothing())
          .execute()
    },
    async waiting() {
      const rows = await db.selectFrom('forgetting_calls').select('call_id').execute()
      return rows.map(({ call_id }) => call_id)
    },
    async done(callIds) {
      for (const ids of batches(callIds)) await db.deleteFrom('forgetting_calls').where('call_id', 'in', ids).execute()
    },
  }
}
