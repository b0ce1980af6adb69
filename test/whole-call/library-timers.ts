import type { VirtualClock } from '../../src/replay/virtual-clock.ts'

/** A timer as libraries know it from Node. */
class LibraryTimer {
  readonly #set: () => () => void
  #cancel: () => void

  constructor(set: () => () => void) {
    this.#set = set
    this.#cancel = set()
  }
  cancel(): void {
    this.#cancel()
  }
  refresh(): this {
    this.#cancel()
    this.#cancel = this.#set()
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  hasRef(): boolean {
    return true
  }
  [Symbol.toPrimitive](): number {
    return 0
  }
}

type Timers = Pick<typeof globalThis, 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval'>

/** Node's own. */
const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
const REAL: Timers = { setTimeout, clearTimeout, setInterval, clearInterval }
/** The clocks that have them now, the latest last: they may be let go of in any order. */
const onClocks: Partial<Timers>[] = []

/**
 * Lets the timers that libraries set by the global functions run on this clock, so that neither their time limits nor
 * their delays depend on the machine. Gives the way to put the real ones back.
 */
export function libraryTimersOn(clock: VirtualClock): () => void {
  const after = (ms: number, act: () => void): (() => void) => clock.at(clock.now() + Math.max(1, ms || 0), act)
  const clear =
    (real: (timer: never) => void) =>
    (timer: unknown): void => {
      if (timer instanceof LibraryTimer) timer.cancel()
      else real(timer as never)
    }
  const timers = {
    setTimeout: (act: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      new LibraryTimer(() => after(ms, () => act(...given))),
    setInterval(act: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) {
      const again = (): void => {
        act(...given)
        timer.refresh()
      }
      const timer = new LibraryTimer(() => after(ms, again))
      return timer
    },
    clearTimeout: clear(clearTimeout),
    clearInterval: clear(clearInterval),
  } as unknown as Partial<Timers>
  onClocks.push(timers)
  Object.assign(globalThis, timers)
  return () => {
    const at = onClocks.indexOf(timers)
    if (at >= 0) onClocks.splice(at, 1)
    Object.assign(globalThis, REAL, onClocks.at(-1))
  }
}

/** Whether no clock has them. */
export const hasRealTimers = (): boolean => onClocks.length === 0 && globalThis.setTimeout === setTimeout
