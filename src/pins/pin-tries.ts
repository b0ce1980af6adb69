import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'

/**
 * `place` is the telephone, one address on the web, or all strange addresses together. A try counts as wrong until it
 * proves right. A known place is an address at which the secret was right. `at` is when that was last, or when the last
 * wrong try was made, ISO 8601 in UTC, so that it sorts as text.
 */
type Tables = {
  pin_failures: { owner: string; place: string; tries: number; at: string }
  pin_known_places: { owner: string; place: string; at: string }
}

const TABLES = [
  `create table if not exists pin_failures (
    owner text not null, place text not null, tries integer not null, at text not null, primary key (owner, place))`,
  'create index if not exists pin_failures_by_time on pin_failures (at)',
  `create table if not exists pin_known_places (
    owner text not null, place text not null, at text not null, primary key (owner, place))`,
  'create index if not exists pin_known_places_by_time on pin_known_places (at)',
]

/** Where a PIN is tried. */
export type Door = { readonly kind: 'telephone' } | { readonly kind: 'web'; readonly address: string }

const TELEPHONE = 'telephone'
const STRANGERS = 'strangers'
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const FREE_TRIES = 3
/** So many more are free to strange addresses together: one stranger with one address keeps out no other. */
const FREE_TO_STRANGERS = 9
/** How long a place waits after the third wrong try, the fourth and so on. */
const LOCKS_MS = [1, 5, 15, 60, 4 * 60].map(minutes => minutes * MINUTE_MS)
/** After so many wrong tries a place waits for a day each time. */
const MANY_TRIES = 50
/** So many wrong tries the owner is forgiven by a right one, besides itself. */
const FORGIVEN = 2
/** Longer than the longest lock. */
const FORGOTTEN_MS = 7 * DAY_MS
const KNOWN_MS = 90 * DAY_MS

/** How long all strange addresses together wait after so many wrong tries. */
export type StrangersPace = (tries: number) => number

/**
 * For PINs, which can be guessed, strangers wait nearly as one place does.
 *
 * Nobody can tell a caller with a forged number from the owner, nor a stranger at a new address from the owner at one. So
 * who never stops guessing keeps such a place shut, and what counts is how many guesses that gives: some 50 in the first
 * week, then one a day, 420 a year at the telephone and as many at strange addresses. A PIN of four digits falls within a
 * year with a chance of 8 %, one of six digits of 0.08 %. An owner who comes in every day by every way gives strangers
 * more (`test/pins/guessing.test.ts`): at most 24 %, or 0.24 %. Each wrong try is in the log.
 *
 * The owner is never kept out for ever: an address where the PIN was right within 90 days waits for its own wrong tries
 * alone, whatever others do, and a right PIN anywhere opens the telephone at once. The operator does so by
 * `npm run pin -- NUMBER --unlock`.
 */
export const PIN_PACE: StrangersPace = tries => lockMsOf(tries - FREE_TO_STRANGERS)
/** For passwords of twelve letters and more, which are not guessed: short, because it keeps new offices of staff out, too. */
export const PASSWORD_PACE: StrangersPace = tries => Math.min(MINUTE_MS, Math.max(0, tries - FREE_TRIES + 1) * 5_000)

/** Counts wrong tries at PINs, for all servers. Numbers without a PIN are counted too, so that nothing reveals them. */
export interface PinTries {
  /** Counts a try as wrong and gives 0, or gives how long the number must wait here, in ms, and counts nothing. */
  take(owner: string, door: Door, at: Date): Promise<number>
  /** How long the number must wait here before the next try, in ms. */
  waitMs(owner: string, door: Door, at: Date): Promise<number>
  /** The last try here was right: wrong ones are forgiven, and the telephone waits for nothing. */
  wasRight(owner: string, door: Door, at: Date): Promise<void>
  /** Forgets the wrong tries at all doors. True if there were any. */
  forget(owner: string): Promise<boolean>
  /** Deletes at most `most` counts, and as many known places, that are too old to matter; gives how many. */
  tidy(at: Date, most: number): Promise<number>
}

interface Count {
  readonly place: string
  readonly tries: number
  readonly at: string
}

const placeOf = (door: Door): string => (door.kind === 'telephone' ? TELEPHONE : `web ${door.address}`)

export async function pinTriesIn(database: Database, strangersPace: StrangersPace = PIN_PACE): Promise<PinTries> {
  await database.make(TABLES)
  const db = database.db.withTables<Tables>()

  /** What is counted of a try at this door: strangers last, so that nobody waits for a row in a circle. */
  async function placesOf(on: Pick<typeof db, 'selectFrom'>, owner: string, door: Door, at: Date) {
    const place = placeOf(door)
    if (door.kind === 'telephone') return [place]
    const known = await on
      .selectFrom('pin_known_places')
      .select('at')
      .where('owner', '=', owner)
      .where('place', '=', place)
      .where('at', '>', before(at, KNOWN_MS))
      .executeTakeFirst()
    return known ? [place] : [place, STRANGERS]
  }

  function leftMs({ place, tries, at: last }: Count, at: Date): number {
    const since = new Date(last).getTime()
    if (since <= at.getTime() - FORGOTTEN_MS) return 0
    return Math.max(0, since + (place === STRANGERS ? strangersPace : lockMsOf)(tries) - at.getTime())
  }

  return {
    take: (owner, door, at) =>
      db.transaction().execute(async transaction => {
        const counts: Count[] = []
        for (const place of await placesOf(transaction, owner, door, at))
          counts.push({ place, ...(await countIn(transaction, owner, place, at)) })
        const waitMs = Math.max(...counts.map(count => leftMs(count, at)))
        if (waitMs > 0) return waitMs
        for (const { place, tries, at: last } of counts) {
          const isForgotten = new Date(last).getTime() <= at.getTime() - FORGOTTEN_MS
          await put(transaction, owner, place, (isForgotten ? 0 : tries) + 1, at)
        }
        return 0
      }),
    async waitMs(owner, door, at) {
      const counts = await db
        .selectFrom('pin_failures')
        .select(['place', 'tries', 'at'])
        .where('owner', '=', owner)
        .where('place', 'in', await placesOf(db, owner, door, at))
        .execute()
      return Math.max(0, ...counts.map(count => leftMs(count, at)))
    },
    wasRight: (owner, door, at) =>
      db.transaction().execute(async transaction => {
        const own = placeOf(door)
        const counted = await placesOf(transaction, owner, door, at)
        // In the order in which a try takes them. The wait is over at each; wrong tries are forgiven where this one was
        // counted, and not all of them, or each right try would give strangers new free ones.
        for (const place of [...new Set([own, TELEPHONE, STRANGERS])].toSorted(byTaking)) {
          const forgiven = counted.includes(place) ? FORGIVEN + 1 : 0
          await transaction
            .updateTable('pin_failures')
            .set(({ eb }) => ({ tries: eb('tries', '-', forgiven), at: before(at, DAY_MS) }))
            .where('owner', '=', owner)
            .where('place', '=', place)
            .execute()
        }
        await transaction.deleteFrom('pin_failures').where('owner', '=', owner).where('tries', '<=', 0).execute()
        if (door.kind === 'telephone') return
        const row = { owner, place: own, at: at.toISOString() }
        await transaction
          .insertInto('pin_known_places')
          .values(row)
          .onConflict(conflict => conflict.columns(['owner', 'place']).doUpdateSet({ at: row.at }))
          .execute()
      }),
    async forget(owner) {
      const deleted = await db.deleteFrom('pin_failures').where('owner', '=', owner).executeTakeFirst()
      return deleted.numDeletedRows > 0n
    },
    async tidy(at, most) {
      const old = (table: keyof Tables, olderMs: number) =>
        db.selectFrom(table).select('at').where('at', '<=', before(at, olderMs)).orderBy('at').limit(most)
      const failures = await db
        .deleteFrom('pin_failures')
        .where('at', 'in', old('pin_failures', FORGOTTEN_MS))
        .executeTakeFirst()
      const places = await db
        .deleteFrom('pin_known_places')
        .where('at', 'in', old('pin_known_places', KNOWN_MS))
        .executeTakeFirst()
      return Number(failures.numDeletedRows + places.numDeletedRows)
    },
  }
}

/** Locks the row until the end of the transaction. */
function countIn(on: Transaction<Tables>, owner: string, place: string, at: Date): Promise<Omit<Count, 'place'>> {
  return on
    .insertInto('pin_failures')
    .values({ owner, place, tries: 0, at: at.toISOString() })
    .onConflict(conflict =>
      conflict.columns(['owner', 'place']).doUpdateSet(now => ({ tries: now.ref('pin_failures.tries') })),
    )
    .returning(['tries', 'at'])
    .executeTakeFirstOrThrow()
}

async function put(on: Transaction<Tables>, owner: string, place: string, tries: number, at: Date): Promise<void> {
  await on
    .updateTable('pin_failures')
    .set({ tries, at: at.toISOString() })
    .where('owner', '=', owner)
    .where('place', '=', place)
    .execute()
}

/** Addresses, then the telephone, then strangers. */
const RANKS = [TELEPHONE, STRANGERS]
const byTaking = (one: string, other: string): number => RANKS.indexOf(one) - RANKS.indexOf(other)

function lockMsOf(tries: number): number {
  if (tries > MANY_TRIES) return DAY_MS
  return LOCKS_MS[Math.min(tries - FREE_TRIES, LOCKS_MS.length - 1)] ?? 0
}

const before = (at: Date, ms: number): string => new Date(at.getTime() - ms).toISOString()
