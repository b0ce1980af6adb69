import type { Clock } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'

/** A call that was answered but whose stream has not come within this time has given its place up. */
const STREAM_WITHIN_MS = 30_000
/** When a stream has ended, the carrier asks within this time what comes next, or says that the call is over. */
const ASKS_WITHIN_MS = 5_000

/** Counts calls against a limit, from the answered webhook to the last written line. */
export interface Admission {
  /** Is there room? Then the place is taken; asking again for the same call takes no second one. */
  admit(callId: string): boolean
  /** Its stream is here. */
  began(callId: string): void
  ended(callId: string): void
  /** The carrier has asked what comes next for it, or said that it is over: no stream of it is expected. */
  forget(callId: string): void
  /** Calls whose stream is here. */
  live(): number
  /** No new calls from now on. */
  stop(): void
  isStopped(): boolean
  /** Streams that have not come yet will not be taken any more: their calls are not waited for. */
  expectNone(): void
  /**
   * Resolves when no call is live, none that was answered still has time to bring its stream, and none has a question of
   * the carrier left to be answered; rejects on abort.
   */
  empty(signal: AbortSignal): Promise<void>
}

export function admission(mostCalls: number, clock: Clock): Admission {
  const expected = new Map<string, number>()
  const live = new Set<string>()
  /** Calls whose stream has ended, until they are forgotten; and live ones that already were. */
  const leaving = new Map<string, number>()
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
    if (stopped) return false
    forgetOverdue()
    if (live.has(callId) || expected.has(callId)) return true
    if (live.size + expected.size >= mostCalls) return false
    expected.set(callId, clock.now() + STREAM_WITHIN_MS)
    return true
  }

  async function empty(signal: AbortSignal): Promise<void> {
    for (forgetOverdue(); live.size + expected.size + leaving.size > 0; forgetOverdue()) {
      const scope = scopeOf(signal)
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      changed.add(wake)
      // The earliest that is expected came in first.
      const [[streamMs = Number.POSITIVE_INFINITY], [askMs = Number.POSITIVE_INFINITY]] = [
        [...expected.values()],
        [...leaving.values()],
      ]
      const waitMs = Math.min(STREAM_WITHIN_MS, streamMs - clock.now(), askMs - clock.now())
      try {
        await Promise.race([woken, clock.sleep(waitMs, scope.signal)])
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
    live: () => live.size,
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
