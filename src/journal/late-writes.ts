import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import { isAway } from '../database/away.ts'
import type { Presence } from '../database/presence.ts'

/** Something that can be written only while the database is there. */
export interface LateWork {
  readonly what: string
  /** Throws, or gives false, where it must be tried again. */
  readonly run: (signal: AbortSignal) => Promise<unknown>
  /** The calls of which something waits now. */
  readonly waiting: () => Waiting
}

/** Calls by what becomes of what waits for them when the process ends. */
export interface Waiting {
  readonly lost?: readonly string[]
  /** It is in `DATA_DIR`, and is written after the next start. */
  readonly kept?: readonly string[]
}

export interface LateWritesParts {
  readonly clock: Clock
  readonly presence: Pick<Presence, 'here' | 'away'>
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
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
  /** The process ends: writes what can be written now, and names the rest in one line. Never rejects. */
  end(): Promise<void>
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const END_WITHIN_MS = 5_000

export function lateWrites({ clock, presence, log, works }: LateWritesParts): LateWrites {
  const { here } = presence
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

  async function writeLast(): Promise<void> {
    if (presence.away()) return
    const { signal } = new AbortController()
    await within(END_WITHIN_MS, 'writing what waited', clock, writeAll, signal).catch(() => undefined)
  }

  function nameRest(): void {
    const counted = (of: keyof Waiting) =>
      Object.fromEntries(
        works.flatMap(({ what, waiting }) => {
          const calls = waiting()[of]?.length ?? 0
          return calls > 0 ? [[what, calls]] : []
        }),
      )
    const all = works.flatMap(({ waiting }) => Object.values(waiting()).flat())
    if (all.length === 0) return
    const [lost, kept] = [counted('lost'), counted('kept')]
    const fields = {
      store: 'database',
      why: presence.away()?.why ?? 'it takes some of it not',
      calls: new Set(all).size,
    }
    const named = { ...fields, lost, writtenAfterNextStart: kept }
    if (Object.keys(lost).length > 0) log.error(named, 'the database did not come back: some of what waited is lost')
    else log.warn(named, 'the database did not come back: what waits is written after the next start')
  }

  return {
    async end() {
      await writeLast()
      nameRest()
    },
    wake() {
      isAsked = true
      woken.resolve()
      woken = Promise.withResolvers()
    },
    settled: () => (isAsked || isWorking ? done.promise : Promise.resolve()),
    run: signal => work(signal).catch(() => undefined),
  }
}
