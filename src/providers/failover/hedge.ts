import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'

/** When a second request is worth its price, and whether one may be made. One for all calls of the process. */
export interface Hedging {
  /** How long to wait for this provider's first word before another one is asked as well. */
  waitMs(name: string): number
  /** Takes one from what may be spent on second requests; false where nothing is left. */
  take(): boolean
  /** The first word of a request took so long. */
  took(name: string, ms: number): void
}

const MOST_TIMES = 200
/** With fewer, its own times tell nothing. */
const LEAST_TIMES = 20
const UNKNOWN_MS = 1_200
const SHORTEST_MS = 300
const LONGEST_MS = 2_500
/** One in so many requests may be doubled: where all are slow, twice as many requests make them slower. */
const REQUESTS_A_HEDGE = 10
const MOST_SAVED = 3

export function openHedging(): Hedging {
  const times = new Map<string, readonly number[]>()
  let saved = MOST_SAVED
  return {
    waitMs(name) {
      const known = times.get(name) ?? []
      if (known.length < LEAST_TIMES) return UNKNOWN_MS
      const sorted = known.toSorted((a, b) => a - b)
      const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? UNKNOWN_MS
      return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, p95))
    },
    take() {
      if (saved < 1) return false
      saved--
      return true
    },
    took(name, ms) {
      times.set(name, [...(times.get(name) ?? []), ms].slice(-MOST_TIMES))
      saved = Math.min(MOST_SAVED, saved + 1 / REQUESTS_A_HEDGE)
    },
  }
}

/** A request that has begun to answer, or has ended without a word. */
export interface Begun<T, Of> {
  readonly of: Of
  readonly first: IteratorResult<T, unknown>
  readonly rest: AsyncIterator<T>
}

/** A request under way. */
export interface Begins<T, Of> {
  readonly of: Of
  readonly begun: Promise<Begun<T, Of>>
  abort(): void
}

/**
 * Waits for this request, and after `afterMs` for a second one as well, if `second` gives one. Resolves with the first
 * that answers; the other is aborted. Rejects with the first one's error when it fails alone, or when both have failed.
 */
export async function firstOf<T, Of>(
  one: Begins<T, Of>,
  second: () => Begins<T, Of> | undefined,
  afterMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Begun<T, Of>> {
  const scope = scopeOf(signal)
  const late = clock.sleep(afterMs, scope.signal).then(second)
  late.catch(() => undefined)
  try {
    const other = await Promise.race([late, one.begun.then(() => undefined)])
    if (!other) return await one.begun
    const winner = await Promise.any([one.begun, other.begun]).catch(() => one.begun)
    if (winner.of === one.of) other.abort()
    else one.abort()
    return winner
  } finally {
    scope.abort(new Error('it has begun'))
  }
}
