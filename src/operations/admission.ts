import type { Clock } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { scopeOf } from '../conversation/scope.ts'

/** An answered call whose stream does not open within this time loses its place. */
const STREAM_WITHIN_MS = 30_000
/** After a stream ends, the carrier asks within this time what comes next, or reports that the call is over. */
const ASKS_WITHIN_MS = 5_000

/** Counts calls against a limit, from the answer webhook to the last written line. */
export interface Admission {
  /** Takes a place if there is room. Asking again for the same call takes no second place. */
  admit(callId: string): boolean
  /** The call's stream has opened. */
  began(callId: string): void
  ended(callId: string): void
  /** The carrier was told to ask again, for a call that another server may answer: it does so in a moment. */
  sentBack(callId: string): void
  /** The carrier has asked what comes next, or reported the end of the call: no stream of it is expected. */
  forget(callId: string): void
  /** The number of calls with an open stream. */
  live(): number
  /** Those calls. */
  liveCalls(): readonly string[]
  /** Refuses new calls from now on. */
  stop(): void
  isStopped(): boolean
  /** Stops waiting for calls whose stream has not opened. */
  expectNone(): void
  /**
   * Resolves when no call is live, no answered call may still open its stream, and the carrier has no more requests for
   * a call that has ended. Rejects on abort.
   */
  empty(signal: AbortSignal): Promise<void>
}

export function admission(mostCalls: number, clock: Clock): Admission {
  const expected = new Map<string, number>()
  const live = new Set<string>()
  /** Calls whose stream has ended, until they are forgotten. */
  const leaving = new Map<string, number>()
  /** Live calls that are already forgotten. */
  const forgotten = new Set<string>()
  const changed = new Set<() => void>()
  let stopped = false

  const change = (): void => {
    for (const wake of [...changed]) wake()
  }

  function forgetOverdue(): void {
    const now = clock.now()
    for (const calls of [expected, leaving]) for (const [id, untilMs] of calls) if (untilMs <= now) calls.delete(id)
  }

  function admit(callId: string): boolean {
    forgetOverdue()
    // One that was given its place keeps it: the drain waits for it.
    if (live.has(callId) || expected.has(callId)) return true
    if (stopped) return false
    if (live.size + expected.size >= mostCalls) return false
    expected.set(callId, clock.now() + STREAM_WITHIN_MS)
    return true
  }

  async function empty(signal: AbortSignal): Promise<void> {
    for (forgetOverdue(); live.size + expected.size + leaving.size > 0; forgetOverdue()) {
      const scope = scopeOf(signal)
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      changed.add(wake)
      // Maps keep insertion order, so the first value is the earliest.
      const [[streamMs = Number.POSITIVE_INFINITY], [askMs = Number.POSITIVE_INFINITY]] = [
        [...expected.values()],
        [...leaving.values()],
      ]
      const waitMs = Math.min(STREAM_WITHIN_MS, streamMs - clock.now(), askMs - clock.now())
      try {
        await Promise.race([woken, quietFor(waitMs, clock, scope.signal)])
      } finally {
        changed.delete(wake)
        scope.abort(new Error('looked again'))
      }
    }
  }

  return {
    admit,
    began(callId) {
      expected.delete(callId)
      leaving.delete(callId)
      live.add(callId)
    },
    ended(callId) {
      live.delete(callId)
      if (!forgotten.delete(callId)) leaving.set(callId, clock.now() + ASKS_WITHIN_MS)
      change()
    },
    forget(callId) {
      if (live.has(callId)) forgotten.add(callId)
      if (expected.delete(callId) || leaving.delete(callId)) change()
    },
    sentBack(callId) {
      // Last, as it is the latest.
      leaving.delete(callId)
      leaving.set(callId, clock.now() + ASKS_WITHIN_MS)
    },
    live: () => live.size,
    liveCalls: () => [...live],
    stop() {
      stopped = true
    },
    isStopped: () => stopped,
    expectNone() {
      expected.clear()
      change()
    },
    empty,
  }
}
