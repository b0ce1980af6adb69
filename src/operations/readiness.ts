import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'

/**
 * Something that calls use and can do without for a while: they go on and new ones are taken. `check` throws when it cannot
 * be used now.
 */
export interface Need {
  readonly what: string
  readonly check: () => Promise<void>
}

export interface ReadinessParts {
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly needs: readonly Need[]
  /** Reasons that are known without a check. */
  readonly known: () => readonly string[]
  readonly signal: AbortSignal
}

/** Whether calls can be taken. */
export interface Readiness {
  /** Why not; empty when they can. Free of secrets. */
  reasons(): Promise<readonly string[]>
  /** What cannot be used now, though calls are taken. Never older than some seconds, and free of secrets. */
  degraded(): Promise<readonly string[]>
  /** Checks again and again, and logs what changes. Rejects when the server closes. */
  watch(): Promise<void>
}

const EVERY_MS = 3_000
const CHECK_LIMIT_MS = 3_000
/** Many may ask at once: they get the last answer, and do not add to the load. */
const FRESH_MS = 5_000

export function readiness({ clock, log, needs, known, signal }: ReadinessParts): Readiness {
  let found: readonly string[] = []
  let foundMs = Number.NEGATIVE_INFINITY
  let checking: Promise<void> | undefined

  async function reasonAgainst({ what, check }: Need): Promise<readonly string[]> {
    try {
      await within(CHECK_LIMIT_MS, 'its check', clock, check, signal)
      return []
    } catch (error) {
      return [`${what}: ${reasonOf(error)}`]
    }
  }

  async function checkAll(): Promise<void> {
    found = (await Promise.all(needs.map(reasonAgainst))).flat()
    foundMs = clock.now()
    checking = undefined
  }

  function check(): Promise<void> {
    checking ??= checkAll()
    return checking
  }

  return {
    reasons: async () => known(),
    async degraded() {
      if (clock.now() - foundMs > FRESH_MS) await check()
      return found
    },
    async watch() {
      let [last, lastFound] = ['', '']
      for (;;) {
        await check()
        const reasons = known()
        if (signal.aborted) break
        if (reasons.join() !== last) {
          if (reasons.length > 0) log.warn({ reasons }, 'not ready for calls')
          else log.info({}, 'ready for calls')
        }
        if (found.join() !== lastFound) {
          if (found.length > 0) log.warn({ degraded: found }, 'calls are taken, and something is missing')
          else log.info({}, 'nothing is missing any more')
        }
        last = reasons.join()
        lastFound = found.join()
        await clock.sleep(EVERY_MS, signal)
      }
      signal.throwIfAborted()
    },
  }
}
