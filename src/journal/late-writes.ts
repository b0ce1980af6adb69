import type { Clock } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
import { isAway } from '../database/away.ts'

/** Something that can be written only while the database is there. */
export interface LateWork {
  readonly what: string
  /** Throws, or gives false, where it must be tried again. */
  readonly run: (signal: AbortSignal) => Promise<unknown>
}

export interface LateWritesParts {
  readonly clock: Clock
  /** Resolves as soon as the database can be written to. */
  readonly here: (signal: AbortSignal) => Promise<void>
  readonly log: { warn(fields: object, message: string): void }
  /** They are done in this order. */
  readonly works: readonly LateWork[]
}

export interface LateWrites {
  /** Something waits to be written. Neither waits nor throws. */
  wake(): void
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>
  /** Writes what waits, whenever the database is there, until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

export function lateWrites({ clock, here, log, works }: LateWritesParts): LateWrites {
  let isAsked = false
  let isWorking = false
  let woken = Promise.withResolvers<void>()
  let done = Promise.withResolvers<void>()

  /** Whether all of it is written. */
  async function writeAll(signal: AbortSignal): Promise<boolean> {
    let isAll = true
    for (const { what, run } of works) {
      await here(signal)
      try {
        if ((await run(signal)) === false) isAll = false
      } catch (error) {
        signal.throwIfAborted()
        isAll = false
        if (!isAway(error)) log.warn({ what, err: error }, 'what waited could not be written yet')
      }
    }
    return isAll
  }

  async function work(signal: AbortSignal): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    for (;;) {
      if (!isAsked) {
        done.resolve()
        done = Promise.withResolvers()
        await orAborted(woken.promise, signal)
      }
      isWorking = true
      isAsked = false
      // Others may ask in the same moment: 50 calls that end together are one go.
      await clock.sleep(waitMs, signal)
      await here(signal)
      const isAll = await writeAll(signal)
      isAsked ||= !isAll
      waitMs = isAll ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS)
      isWorking = false
    }
  }

  return {
    wake() {
      isAsked = true
      woken.resolve()
      woken = Promise.withResolvers()
    },
    settled: () => (isAsked || isWorking ? done.promise : Promise.resolve()),
    run: signal => work(signal).catch(() => undefined),
  }
}
