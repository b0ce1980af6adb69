import type { Word } from '../../conversation/ports.ts'

/**
 * A word when a vendor says that it sounds, which no word does before its speech begins, or longer than until it ends: times
 * that cannot be are moved to the nearest that can.
 */
export function timedWord(text: string, startMs: number, endMs: number): Word {
  const from = Math.max(0, startMs)
  return { text, startMs: from, endMs: Math.max(from, endMs) }
}
