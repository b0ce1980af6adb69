import type { Clock } from '../conversation/ports.ts'

const NAP_MS = 100
/** A window is judged by the median of its naps, so that one stall counts once, however long it was. */
const WINDOW_MS = 500
/** A line bridges 200 ms. With half of all naps late by so much, the frames of the live calls begin to come too late. */
const LATE_MS = 100
const PUNCTUAL_MS = 50
/** So many late windows, one after the other, begin an episode: a garbage collection does not. */
const LATE_WINDOWS = 3
/** So many punctual ones end it, 3 s: who is let in too soon brings the lag back. */
const PUNCTUAL_WINDOWS = 6

/**
 * Watches how late the event loop is, by how much later than due naps of 100 ms end. Timers come before sockets in each turn
 * of the loop, so a loop that still reads webhooks has this one measured.
 */
export function loopLag(clock: Clock, log: { warn(fields: object, message: string): void }) {
  let isLate = false
  let streak = 0

  function judge(medianMs: number): void {
    const counts = isLate ? medianMs < PUNCTUAL_MS : medianMs >= LATE_MS
    streak = counts ? streak + 1 : 0
    if (streak < (isLate ? PUNCTUAL_WINDOWS : LATE_WINDOWS)) return
    isLate = !isLate
    streak = 0
    if (isLate)
      log.warn(
        { lagMs: Math.round(medianMs) },
        'the event loop is late: new calls wait or hear that all lines are busy',
      )
  }

  return {
    /** Whether new calls should not come in now. */
    isLate: (): boolean => isLate,
    /** Rejects when the signal aborts, and only then. */
    async watch(signal: AbortSignal): Promise<never> {
      while (true) {
        const lateMs: number[] = []
        for (const endMs = clock.now() + WINDOW_MS; clock.now() < endMs; ) {
          const dueMs = clock.now() + NAP_MS
          await clock.sleep(NAP_MS, signal)
          lateMs.push(clock.now() - dueMs)
        }
        lateMs.sort((a, b) => a - b)
        judge(lateMs[Math.floor(lateMs.length / 2)] ?? 0)
      }
    },
  }
}
