import type { Clock } from './ports.ts'

/** Waits are cut into pieces of this length, so that a stall of this process counts for one piece at most. */
const PIECE_MS = 1_000
/** A piece that ends later than this shows that the process was stalled. */
const LATE_MS = 100
/** After a stall this time is given to read what has come meanwhile. */
const READ_MS = 500
/** Timers count whole milliseconds: to wait for the fraction that is left would take a whole one more. */
const TIMER_MS = 1

/**
 * Resolves once nothing has come for `ms`, counted from `lastMs()`, a time of the Clock; without it from now. Only time
 * in which this process ran is counted: after a stall the sockets are read first. Rejects on abort.
 */
export async function quietFor(ms: number, clock: Clock, signal: AbortSignal, lastMs?: () => number): Promise<void> {
  const beganMs = clock.now()
  const last = lastMs ?? ((): number => beganMs)
  let sinceMs = last()
  let untilMs = sinceMs + ms
  while (true) {
    const pieceMs = Math.min(Math.max(0, untilMs - clock.now()), PIECE_MS)
    const wakeMs = clock.now() + pieceMs
    await clock.sleep(pieceMs, signal)
    const now = clock.now()
    const lateMs = now - wakeMs
    if (last() !== sinceMs) {
      sinceMs = last()
      untilMs = sinceMs + ms
    } else if (lateMs > LATE_MS) untilMs += lateMs
    if (lateMs > LATE_MS) untilMs = Math.max(untilMs, now + READ_MS)
    if (untilMs - now < TIMER_MS) return
  }
}
