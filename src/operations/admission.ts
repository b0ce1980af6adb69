import type { Clock } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'

/** A call that was answered but whose stream has not come within this time has given its place up. */
const STREAM_WITHIN_MS = 30_000

/** Counts calls against a limit, from the answered webhook to the last written line. */
export interface Admission {
  /** Is there room? Then the place is taken; asking again for the same call takes no second one. */
  admit(callId: string): boolean
  /** Its stream is here. */
  began(callId: string): void
  ended(callId: string): void
  /** It was answered, but its stream will not come. */
  forget(callId: string): void
  /** Calls whose stream is here. */
  live(): number
  /** No new calls from now on. */
  stop(): void
  isStopped(): boolean
  /** Streams that have not come yet will not be taken any more: their calls are not waited for. */
  expectNone(): void
  /** Resolves when no call is live, and none that was answered still has time to bring its stream; rejects on abort. */
  empty(signal: AbortSignal): Promise<void>
}

export function admission(mostCalls: number, clock: Clock): Admission {
  const expected = new Map<string, number>()
  const live = new Set<string>()
  const changed = new Set<() => void>()
  let stopped = false

  const change = (): void => {
    for (const wake of [...changed]) wake()
  }

  function forgetOverdue(): void {
    const now = clock.now()
    for (const [id, untilMs] of expected) if (untilMs <= now) expected.delete(id)
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
    for (forgetOverdue(); live.size + expected.size > 0; forgetOverdue()) {
      const scope = scopeOf(signal)
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      changed.add(wake)
      // The earliest that is expected came in first.
      const [untilMs = Number.POSITIVE_INFINITY] = expected.values()
      const waitMs = Math.min(STREAM_WITHIN_MS, untilMs - clock.now())
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
      live.add(callId)
    },
    ended(callId) {
      live.delete(callId)
      change()
    },
    forget(callId) {
      if (expected.delete(callId)) change()
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
