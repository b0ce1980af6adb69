import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'

/**
 * `place` is the telephone, one address on the web, or all doors together. A try counts as wrong until it proves right.
 * `at` is when the last one was made, ISO 8601 in UTC, so that it sorts as text.
 */
type Tables = { pin_failures: { owner: string; place: string; tries: number; at: string } }

const TABLES = [
  `create table if not exists pin_failures (
    owner text not null, place text not null, tries integer not null, at text not null, primary key (owner, place))`,
  'create index if not exists pin_failures_by_time on pin_failures (at)',
]

/** Where a PIN is tried. Wrong tries lock only the place that they come from, so that no stranger locks the owner out. */
export type Door = { readonly kind: 'telephone' } | { readonly kind: 'web'; readonly address: string }

const ALL_DOORS = 'all'
const MINUTE_MS = 60_000
const FREE_TRIES = 3
/** How long a place waits after the third wrong try, the fourth and so on. */
const LOCKS_MS = [1, 5, 15, 60, 4 * 60, 24 * 60].map(minutes => minutes * MINUTE_MS)
/** Tries from many addresses slow each other down. This is short, because it holds for the owner too. */
const SLOWER_BY_MS = 5_000
const SLOWEST_MS = MINUTE_MS
/** Longer than the longest lock. */
const FORGOTTEN_MS = 7 * 24 * 60 * MINUTE_MS

/** Counts wrong tries at PINs, for all servers. Numbers without a PIN are counted too, so that nothing reveals them. */
export interface PinTries {
  /** Counts a try as wrong and gives 0, or gives how long the number must wait here, in ms, and counts nothing. */
  take(owner: string, door: Door, at: Date): Promise<number>
  /** How long the number must wait here before the next try, in ms. */
  waitMs(owner: string, door: Door, at: Date): Promise<number>
  /** The last try here was right. */
  reset(owner: string, door: Door): Promise<void>
  /** Forgets the wrong tries at all doors. True if there were any. */
  forget(owner: string): Promise<boolean>
  /** Deletes at most `most` counts that are too old to matter; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

interface Count {
  readonly tries: number
  readonly at: string
}

const placeOf = (door: Door): string => (door.kind === 'telephone' ? 'telephone' : `web ${door.address}`)

export async function pinTriesIn(database: Database): Promise<PinTries> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  /** Locks the row until the end of the transaction. */
  function countIn(transaction: Transaction<Tables>, owner: string, place: string, at: Date): Promise<Count> {
    return transaction
      .insertInto('pin_failures')
      .values({ owner, place, tries: 0, at: at.toISOString() })
      .onConflict(conflict =>
        conflict.columns(['owner', 'place']).doUpdateSet(now => ({ tries: now.ref('pin_failures.tries') })),
      )
      .returning(['tries', 'at'])
      .executeTakeFirstOrThrow()
  }

  async function raise(
    transaction: Transaction<Tables>,
    owner: string,
    place: string,
    tries: number,
    at: Date,
  ): Promise<void> {
    await transaction
      .updateTable('pin_failures')
      .set({ tries: tries + 1, at: at.toISOString() })
      .where('owner', '=', owner)
      .where('place', '=', place)
      .execute()
  }

  return {
    take: (owner, door, at) =>
      db.transaction().execute(async transaction => {
        const all = current(await countIn(transaction, owner, ALL_DOORS, at), at)
        const here = current(await countIn(transaction, owner, placeOf(door), at), at)
        const waitMs = Math.max(slowedMs(all, at), lockedMs(here, at))
        if (waitMs > 0) return waitMs
        await raise(transaction, owner, ALL_DOORS, all.tries, at)
        await raise(transaction, owner, placeOf(door), here.tries, at)
        return 0
      }),
    async waitMs(owner, door, at) {
      const counts = await db
        .selectFrom('pin_failures')
        .select(['place', 'tries', 'at'])
        .where('owner', '=', owner)
        .where('place', 'in', [ALL_DOORS, placeOf(door)])
        .execute()
      const waits = counts.map(count => (count.place === ALL_DOORS ? slowedMs : lockedMs)(current(count, at), at))
      return Math.max(0, ...waits)
    },
    async reset(owner, door) {
      await db
        .deleteFrom('pin_failures')
        .where('owner', '=', owner)
        .where('place', 'in', [ALL_DOORS, placeOf(door)])
        .execute()
    },
    async forget(owner) {
      const deleted = await db.deleteFrom('pin_failures').where('owner', '=', owner).executeTakeFirst()
      return deleted.numDeletedRows > 0n
    },
    async tidy(at, most) {
      const cutoff = new Date(at.getTime() - FORGOTTEN_MS).toISOString()
      const old = db.selectFrom('pin_failures').select('at').where('at', '<=', cutoff).orderBy('at').limit(most)
      const deleted = await db.deleteFrom('pin_failures').where('at', 'in', old).executeTakeFirst()
      return Number(deleted.numDeletedRows)
    },
  }
}

function current(count: Count, at: Date): Count {
  const isOld = new Date(count.at).getTime() <= at.getTime() - FORGOTTEN_MS
  return isOld ? { ...count, tries: 0 } : count
}

function lockedMs({ tries, at: last }: Count, at: Date): number {
  const step = Math.min(tries - FREE_TRIES, LOCKS_MS.length - 1)
  return leftOf(LOCKS_MS[step] ?? 0, last, at)
}

function slowedMs({ tries, at: last }: Count, at: Date): number {
  const ms = Math.min(SLOWEST_MS, Math.max(0, tries - FREE_TRIES + 1) * SLOWER_BY_MS)
  return leftOf(ms, last, at)
}

const leftOf = (ms: number, last: string, at: Date): number => Math.max(0, new Date(last).getTime() + ms - at.getTime())
