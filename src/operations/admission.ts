import type { Clock } from '../conversation/ports.ts'

/** A call that was answered but whose stream has not come within this time has given its place up. */
const STREAM_WITHIN_MS = 30_000

/** Counts calls against a limit, from the answered webhook to the last written line. */
export interface Admission {
  /** Is there room? Then the place is taken; asking again for the same call takes no second one. */
  admit(callId: string): boolean
  /** Its stream is here. */
  began(callId: string): void
  ended(callId: string): void
  /** Calls whose stream is here. */
  live(): number
  /** No new calls from now on. */
  stop(): void
  isStopped(): boolean
  /** Resolves when no call is live; rejects on abort. */
  empty(signal: AbortSignal): Promise<void>
}

export function admission(mostCalls: number, clock: Clock): Admission {
  const expected = new Map<string, number>()
  const live = new Set<string>()
  const emptied = new Set<() => void>()
  let stopped = false

  function admit(callId: string): boolean {
    if (stopped) return false
    const now = clock.now()
    for (const [id, untilMs] of expected) if (untilMs < now) expected.delete(id)
    if (live.has(callId) || expected.has(callId)) return true
    if (live.size + expected.size >= mostCalls) return false
    expected.set(callId, now + STREAM_WITHIN_MS)
    return true
  }

  return {
    admit,
    began(callId) {
      expected.delete(callId)
      live.add(callId)
    },
    ended(callId) {
      live.delete(callId)
      if (live.size === 0) for (const resolve of [...emptied]) resolve()
    },
    live: () => live.size,
    stop() {
      stopped = true
    },
    isStopped: () => stopped,
    empty: signal =>
      new Promise((resolve, reject) => {
        if (live.size === 0) return resolve()
        if (signal.aborted) return reject(signal.reason)
        const settle = (): void => {
          emptied.delete(settle)
          signal.removeEventListener('abort', abort)
          resolve()
        }
        const abort = (): void => {
          emptied.delete(settle)
          reject(signal.reason)
        }
        emptied.add(settle)
        signal.addEventListener('abort', abort, { once: true })
      }),
  }
}
