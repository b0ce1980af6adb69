import type { Clock } from '../conversation/ports.ts'

export interface CallerLimits {
  /** Calls of one number that may be there at once, those who wait for a place among them. */
  readonly mostAtOnce: number
  /** Calls of one number that may begin within an hour. */
  readonly mostAnHour: number
}

const HOUR_MS = 3_600_000
/** So many numbers are remembered; beyond them the one that has not called for the longest time is forgotten. */
const MOST_CALLERS = 50_000

/** Counts the calls of each number on this server. A withheld number is nobody's, so it is never given to this. */
export function callerCalls({ mostAtOnce, mostAnHour }: CallerLimits, clock: Clock) {
  /** Whose call it is, of those that have a place or wait for one. */
  const here = new Map<string, string>()
  /** When the calls of a number began, by call. The number that called last is last. */
  const begun = new Map<string, Map<string, number>>()

  /** The calls of the last hour. */
  function ofHour(caller: string): Map<string, number> {
    const calls = begun.get(caller) ?? new Map<string, number>()
    for (const [callId, atMs] of calls) if (atMs <= clock.now() - HOUR_MS) calls.delete(callId)
    return calls
  }

  function forgetOld(): void {
    for (const caller of begun.keys()) {
      if (ofHour(caller).size > 0 && begun.size <= MOST_CALLERS) return
      begun.delete(caller)
    }
  }

  return {
    /** Whether one call more of this number is too many. A call that is counted already never is. */
    isTooMany(caller: string, callId: string): boolean {
      if (here.has(callId) || begun.get(caller)?.has(callId)) return false
      let atOnce = 0
      for (const some of here.values()) if (some === caller) atOnce++
      return atOnce >= mostAtOnce || ofHour(caller).size >= mostAnHour
    },
    /** The call has a place, or waits for one. */
    cameIn(caller: string, callId: string): void {
      here.set(callId, caller)
    },
    /** The call has its first place: it counts for an hour. */
    began(caller: string, callId: string): void {
      const calls = ofHour(caller)
      if (!calls.has(callId)) calls.set(callId, clock.now())
      begun.delete(caller)
      begun.set(caller, calls)
      forgetOld()
    },
    /** The call has neither a place nor waits for one. */
    left(callId: string): void {
      here.delete(callId)
    },
  }
}

export type CallerCalls = ReturnType<typeof callerCalls>
