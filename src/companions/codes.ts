import { createHmac } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'

/**
 * `hash` is a keyed hash of a code. `place` is a keyed hash of an address, or all of them together; `since` is when its
 * tries began to be counted. Times are ISO 8601 in UTC, so that they sort as text.
 */
type Tables = {
  companion_codes: { hash: string; call_id: string; expires_at: string }
  companion_tries: { place: string; tries: number; since: string }
}

const TABLES = [
  'create table if not exists companion_codes (hash text primary key, call_id text not null, expires_at text not null)',
  'create index if not exists companion_codes_by_call on companion_codes (call_id)',
  'create index if not exists companion_codes_by_time on companion_codes (expires_at)',
  'create table if not exists companion_tries (place text primary key, tries integer not null, since text not null)',
  'create index if not exists companion_tries_by_time on companion_tries (since)',
]

/** How long a code is good for. */
export const CODE_MS = 10 * 60_000
const DIGITS = 6
const ALL_CODES = 10 ** DIGITS
/** With a thousand live codes, so many in a row are taken less often than once in 10^29. */
const MOST_DRAWN = 10

/** So many wrong tries are free: of one address as long as a code lives, and of all addresses in a minute. */
const OF_ADDRESS = { most: 5, withinMs: CODE_MS } as const
const OF_ALL = { most: 50, withinMs: 60_000 } as const

/** What comes of a try. `limited`: there were too many wrong ones, so this one was not looked at. */
export type Redeemed =
  | { readonly kind: 'right'; readonly callId: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'limited' }

/** The codes by which somebody joins a telephone call to show a screen, shared by all servers. Only hashes are stored. */
export interface CompanionCodes {
  /** A new code of six digits for the call. The one before is good no longer. Throws when no free one was found. */
  make(callId: string, at: Date): Promise<string>
  /** The call's code is good no longer. */
  forget(callId: string): Promise<void>
  /** Spends the code. `address` is whose tries are counted. */
  redeem(code: string, address: string, at: Date): Promise<Redeemed>
  /** Deletes at most `most` codes and counts of tries that are too old to matter; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

/**
 * The codes in a database; missing tables are created. `secret` is the key of the hashes. `chance` draws a whole number
 * from 0 to one less than it is given; nobody may be able to guess it.
 */
export async function companionCodesIn(
  database: Database,
  secret: string,
  chance: (below: number) => number,
): Promise<CompanionCodes> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()
  const hashesOf = (purpose: string) => {
    const key = createHmac('sha256', secret).update(purpose).digest()
    return (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  }
  const hashed = hashesOf('partyline companion code')
  const hashedAddress = hashesOf('partyline companion address')
  // Another kind of codes has a secret of its own, and its own tries.
  const ALL = hashesOf('partyline companion all')('all')

  /** The wrong tries so far. Locks the row until the end of the transaction. */
  async function triesOf(transaction: Transaction<Tables>, place: string, withinMs: number, at: Date): Promise<number> {
    const { tries, since } = await transaction
      .insertInto('companion_tries')
      .values({ place, tries: 0, since: at.toISOString() })
      .onConflict(conflict =>
        conflict.column('place').doUpdateSet(now => ({ tries: now.ref('companion_tries.tries') })),
      )
      .returning(['tries', 'since'])
      .executeTakeFirstOrThrow()
    if (new Date(since).getTime() > at.getTime() - withinMs) return tries
    await transaction
      .updateTable('companion_tries')
      .set({ tries: 0, since: at.toISOString() })
      .where('place', '=', place)
      .execute()
    return 0
  }

  return {
    make: (callId, at) =>
      db.transaction().execute(async transaction => {
        await transaction.deleteFrom('companion_codes').where('call_id', '=', callId).execute()
        for (let drawn = 0; drawn < MOST_DRAWN; drawn++) {
          const code = String(chance(ALL_CODES)).padStart(DIGITS, '0')
          const expiresAt = new Date(at.getTime() + CODE_MS).toISOString()
          const made = await transaction
            .insertInto('companion_codes')
            .values({ hash: hashed(code), call_id: callId, expires_at: expiresAt })
            .onConflict(conflict => conflict.doNothing())
            .executeTakeFirst()
          if (made.numInsertedOrUpdatedRows === 1n) return code
        }
        throw new Error(`${MOST_DRAWN} codes in a row are in use`)
      }),
    async forget(callId) {
      await db.deleteFrom('companion_codes').where('call_id', '=', callId).execute()
    },
    redeem: (code, address, at) =>
      db.transaction().execute(async (transaction): Promise<Redeemed> => {
        const place = hashedAddress(address)
        // All take the rows in this order, so none waits for another in a circle.
        const all = await triesOf(transaction, ALL, OF_ALL.withinMs, at)
        const here = await triesOf(transaction, place, OF_ADDRESS.withinMs, at)
        if (all >= OF_ALL.most || here >= OF_ADDRESS.most) return { kind: 'limited' }
        const spent = await transaction
          .deleteFrom('companion_codes')
          .where('hash', '=', hashed(code))
          .where('expires_at', '>', at.toISOString())
          .returning('call_id')
          .executeTakeFirst()
        if (spent) return { kind: 'right', callId: spent.call_id }
        await transaction
          .updateTable('companion_tries')
          .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
          .where('place', 'in', [ALL, place])
          .execute()
        return { kind: 'wrong' }
      }),
    async tidy(at, most) {
      const now = at.toISOString()
      const oldCodes = db.selectFrom('companion_codes').select('hash').where('expires_at', '<=', now).limit(most)
      const codes = await db.deleteFrom('companion_codes').where('hash', 'in', oldCodes).executeTakeFirst()
      const cutoff = new Date(at.getTime() - CODE_MS).toISOString()
      const oldTries = db.selectFrom('companion_tries').select('place').where('since', '<=', cutoff).limit(most)
      const tries = await db.deleteFrom('companion_tries').where('place', 'in', oldTries).executeTakeFirst()
      return Number(codes.numDeletedRows + tries.numDeletedRows)
    },
  }
}
