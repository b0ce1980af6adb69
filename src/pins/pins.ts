import type { Database } from '../database.ts'
import { hashOf, matches } from './pin-hash.ts'

/**
 * `at` is ISO 8601 in UTC, so that it sorts as text. `pin_tries` counts the tries for every number, with or without a
 * PIN.
 */
type Tables = {
  pins: { owner: string; hash: string; set_at: string }
  pin_tries: { owner: string; tries: number; at: string }
}

const TABLES = [
  'create table if not exists pins (owner text primary key, hash text not null, set_at text not null)',
  'create table if not exists pin_tries (owner text primary key, tries integer not null, at text not null)',
  'create index if not exists pin_tries_by_time on pin_tries (at)',
]

/** What a PIN looks like. */
export const PIN = /^[0-9]{4,8}$/
const MOST_TRIES = 5
const LOCKED_MS = 15 * 60_000

/** The result of a try. A locked number must wait for `forMs`. */
export type PinCheck =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly forMs: number }

/** The PINs of phone numbers, stored as hashes: a PIN can be checked but not read. */
export interface Pins {
  has(owner: string): Promise<boolean>
  /** When it was set, ISO 8601; undefined if there is none. */
  setAt(owner: string): Promise<string | undefined>
  /** Does not count the try: a call counts its own three. */
  isRight(owner: string, pin: string): Promise<boolean>
  /** For the web. After five wrong tries an owner is locked for 15 minutes; without a PIN every try is wrong. */
  check(owner: string, pin: string, at: Date): Promise<PinCheck>
  /** Sets or changes it; throws when it is not 4 to 8 digits. */
  set(owner: string, pin: string, at: Date): Promise<void>
  /** True if there was one. */
  remove(owner: string): Promise<boolean>
}

/** The PINs in a database; missing tables are created. Whoever opened the database closes it. */
export async function pinsIn(database: Database): Promise<Pins> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  const stored = (owner: string): Promise<{ hash: string; set_at: string } | undefined> =>
    db.selectFrom('pins').select(['hash', 'set_at']).where('owner', '=', owner).executeTakeFirst()

  async function isRight(owner: string, pin: string): Promise<boolean> {
    return matches(pin, (await stored(owner))?.hash)
  }

  /**
   * Counts a try before it is checked, so that many at once get no more tries. Returns how long the owner is locked, in
   * ms.
   */
  function countTry(owner: string, at: Date): Promise<number> {
    const cutoff = new Date(at.getTime() - LOCKED_MS).toISOString()
    return db.transaction().execute(async transaction => {
      // The row is locked until the end of the transaction.
      const before = await transaction
        .insertInto('pin_tries')
        .values({ owner, tries: 0, at: at.toISOString() })
        .onConflict(conflict => conflict.column('owner').doUpdateSet(now => ({ tries: now.ref('pin_tries.tries') })))
        .returning(['tries', 'at'])
        .executeTakeFirstOrThrow()
      const tries = before.at <= cutoff ? 0 : before.tries
      if (tries >= MOST_TRIES) return new Date(before.at).getTime() + LOCKED_MS - at.getTime()
      await transaction
        .updateTable('pin_tries')
        .set({ tries: tries + 1, at: at.toISOString() })
        .where('owner', '=', owner)
        .execute()
      return 0
    })
  }

  /** Deletes expired counts, because tries are counted even for numbers that do not exist. */
  async function tidy(at: Date): Promise<void> {
    const cutoff = new Date(at.getTime() - LOCKED_MS).toISOString()
    await db.deleteFrom('pin_tries').where('at', '<=', cutoff).execute()
  }

  async function forgetTries(owner: string): Promise<void> {
    await db.deleteFrom('pin_tries').where('owner', '=', owner).execute()
  }

  return {
    has: async owner => (await stored(owner)) !== undefined,
    setAt: async owner => (await stored(owner))?.set_at,
    isRight,
    async check(owner, pin, at) {
      const lockedMs = await countTry(owner, at)
      if (lockedMs > 0) return { kind: 'locked', forMs: lockedMs }
      const right = await isRight(owner, pin)
      if (right) await forgetTries(owner)
      await tidy(at)
      return { kind: right ? 'right' : 'wrong' }
    },
    async set(owner, pin, at) {
      if (!PIN.test(pin)) throw new Error('a PIN is 4 to 8 digits')
      const row = { hash: await hashOf(pin), set_at: at.toISOString() }
      await db
        .insertInto('pins')
        .values({ owner, ...row })
        .onConflict(conflict => conflict.column('owner').doUpdateSet(row))
        .execute()
      await forgetTries(owner)
    },
    async remove(owner) {
      const removed = await db.deleteFrom('pins').where('owner', '=', owner).executeTakeFirst()
      return removed.numDeletedRows > 0n
    },
  }
}
