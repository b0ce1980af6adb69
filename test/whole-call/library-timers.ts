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

/**
 * Lets the timers that libraries set by the global functions run on this clock, so that neither their time limits nor
 * their delays depend on the machine. Gives the way to put the real ones back.
 */
export function libraryTimersOn(clock: VirtualClock): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  const after = (ms: number, act: () => void): (() => void) => clock.at(clock.now() + Math.max(1, ms || 0), act)
  const clear =
    (real: (timer: never) => void) =>
    (timer: unknown): void => {
      if (timer instanceof LibraryTimer) timer.cancel()
      else real(timer as never)
    }
  Object.assign(globalThis, {
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
  })
  return () => Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval })
}
