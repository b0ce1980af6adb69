import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'

/** `id` is the SHA-256 of a call's id, so that nothing of the call itself is left. */
type Tables = { forgotten_calls: { id: string } }

const TABLES = ['create table if not exists forgotten_calls (id text primary key)']
/** A statement takes a bounded number of values. */
const IDS_AT_ONCE = 500

/** Calls that were deleted on request. Another server may have a folder of theirs, which it must not take for one that was left. */
export interface Forgotten {
  add(callIds: readonly string[]): Promise<void>
  among(callIds: readonly string[]): Promise<ReadonlySet<string>>
}

const idOf = (callId: string): string => createHash('sha256').update(callId).digest('base64url')

export async function forgottenIn(database: Database): Promise<Forgotten> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  return {
    async add(callIds) {
      for (let from = 0; from < callIds.length; from += IDS_AT_ONCE) {
        const rows = callIds.slice(from, from + IDS_AT_ONCE).map(callId => ({ id: idOf(callId) }))
        await db
          .insertInto('forgotten_calls')
          .values(rows)
          .onConflict(conflict => conflict.doNothing())
          .execute()
      }
    },
    async among(callIds) {
      const found = new Set<string>()
      for (let from = 0; from < callIds.length; from += IDS_AT_ONCE) {
        const some = new Map(callIds.slice(from, from + IDS_AT_ONCE).map(callId => [idOf(callId), callId]))
        const rows = await db
          .selectFrom('forgotten_calls')
          .select('id')
          .where('id', 'in', [...some.keys()])
          .execute()
        for (const { id } of rows) found.add(some.get(id) ?? '')
      }
      return found
    },
  }
}
