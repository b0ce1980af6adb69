import type { Word } from '../../conversation/ports.ts'

/** No speech lasts so long; a number of the vendor's may be so great that its milliseconds are none. */
const MOST_MS = 24 * 3_600_000
const within = (fromMs: number, ms: number): number => Math.min(Math.max(fromMs, ms), MOST_MS)

/**
 * A word when a vendor says that it sounds, which no word does before its speech begins, or longer than until it ends: times
 * that cannot be are moved to the nearest that can.
 */
export function timedWord(text: string, startMs: number, endMs: number): Word {
  const from = within(0, startMs)
  return { text, startMs: from, endMs: within(from, endMs) }
}
