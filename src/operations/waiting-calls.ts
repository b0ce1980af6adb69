import type { Clock } from '../conversation/ports.ts'

/** Between two questions of a waiting call lie a sentence and a pause, about 12 s; who asks no more for this time has left. */
const ASKS_WITHIN_MS = 25_000
/** Nobody waits longer, on all servers together. */
const MOST_WAIT_MS = 3 * 60_000

/** Calls that wait for a place on this server, in the order in which they came. */
export function waitingCalls(most: number, clock: Clock) {
  /** By call, when it must have asked again. A map keeps the order of arrival. */
  const untilMs = new Map<string, number>()

  return {
    /** How many wait; those who ask no more are forgotten first. `gone` is told of each. */
    count(gone: (callId: string) => void): number {
      for (const [callId, ms] of untilMs) if (ms <= clock.now() && untilMs.delete(callId)) gone(callId)
      return untilMs.size
    },
    /** How many came before this call: all, if it does not wait yet. */
    before(callId: string): number {
      let before = 0
      for (const some of untilMs.keys()) {
        if (some === callId) return before
        before++
      }
      return before
    },
    /** Lets the call wait on. False where too many wait already, or where it has waited for too long. */
    waits(callId: string, sinceWallMs: number): boolean {
      if (clock.wallTime().getTime() - sinceWallMs >= MOST_WAIT_MS) return false
      if (!untilMs.has(callId) && untilMs.size >= most) return false
      // An entry that is there keeps its place in the order.
      untilMs.set(callId, clock.now() + ASKS_WITHIN_MS)
      return true
    },
    leave: (callId: string): boolean => untilMs.delete(callId),
    has: (callId: string): boolean => untilMs.has(callId),
    /** Nobody waits any more: those who did, and when each will have asked. */
    dissolve(): ReadonlyMap<string, number> {
      const all = new Map(untilMs)
      untilMs.clear()
      return all
    },
  }
}
