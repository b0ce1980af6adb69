import type { Database } from '../database/database.ts'
import { HASH_COST, type HashCost, hashOf, matches } from './pin-hash.ts'
import { type Door, pinTriesIn } from './pin-tries.ts'

type Tables = { pins: { owner: string; hash: string; set_at: string } }

const TABLES = ['create table if not exists pins (owner text primary key, hash text not null, set_at text not null)']

/** What a PIN looks like. */
export const PIN = /^[0-9]{4,8}$/

/** The result of a try. A number that is locked must wait for `forMs`; after some wrong tries it is locked at once. */
export type PinCheck =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly lockedMs: number }
  | { readonly kind: 'locked'; readonly forMs: number }

/** The PINs of phone numbers, stored as hashes: a PIN can be checked but not read. */
export interface Pins {
  has(owner: string): Promise<boolean>
  /** When it was set, ISO 8601; undefined if there is none. */
  setAt(owner: string): Promise<string | undefined>
  /** How long the number must wait at this door before the next try, in ms. */
  waitMs(owner: string, door: Door, at: Date): Promise<number>
  /** Every try counts, on all servers; without a PIN every try is wrong. */
  check(owner: string, door: Door, pin: string, at: Date): Promise<PinCheck>
  /** Sets or changes it; throws when it is not 4 to 8 digits. */
  set(owner: string, pin: string, at: Date): Promise<void>
  /** True if there was one. */
  remove(owner: string): Promise<boolean>
  /** Forgets the wrong tries of a number. True if there were any. */
  unlock(owner: string): Promise<boolean>
  /** Deletes at most `most` counts of wrong tries that are too old to matter; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

/** The PINs in a database; missing tables are created. Whoever opened the database closes it. New hashes get this cost. */
export async function pinsIn(database: Database, cost: HashCost = HASH_COST): Promise<Pins> {
  await database.make(TABLES)
  const tries = await pinTriesIn(database)
  const db = database.db.withTables<Tables>()

  const stored = (owner: string): Promise<{ hash: string; set_at: string } | undefined> =>
    db.selectFrom('pins').select(['hash', 'set_at']).where('owner', '=', owner).executeTakeFirst()

  return {
    has: async owner => (await stored(owner)) !== undefined,
    setAt: async owner => (await stored(owner))?.set_at,
    waitMs: tries.waitMs,
    async check(owner, door, pin, at) {
      // Counted before it is checked, so that many tries at once get no more tries.
      const forMs = await tries.take(owner, door, at)
      if (forMs > 0) return { kind: 'locked', forMs }
      if (!(await matches(pin, (await stored(owner))?.hash, cost))) {
        return { kind: 'wrong', lockedMs: await tries.waitMs(owner, door, at) }
      }
      await tries.wasRight(owner, door, at)
      return { kind: 'right' }
    },
    async set(owner, pin, at) {
      if (!PIN.test(pin)) throw new Error('a PIN is 4 to 8 digits')
      const row = { hash: await hashOf(pin, cost), set_at: at.toISOString() }
      await db
        .insertInto('pins')
        .values({ owner, ...row })
        .onConflict(conflict => conflict.column('owner').doUpdateSet(row))
        .execute()
      await tries.forget(owner)
    },
    async remove(owner) {
      const removed = await db.deleteFrom('pins').where('owner', '=', owner).executeTakeFirst()
      return removed.numDeletedRows > 0n
    },
    unlock: tries.forget,
    tidy: tries.tidy,
  }
}
