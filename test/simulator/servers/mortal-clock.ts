import type { VirtualClock } from '../../../src/replay/virtual-clock.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

/** The clock of one server process. After `kill` nothing of that process ever goes on: no sleep ends, nothing is due. */
export class MortalClock implements SimulatedClock {
  readonly #world: VirtualClock
  isAlive = true
  /** The process's pending sleeps. */
  sleepers = 0

  constructor(world: VirtualClock) {
    this.#world = world
  }

  now(): number {
    return this.#world.now()
  }

  wallTime(): Date {
    return this.#world.wallTime()
  }

  /** Stays pending if the process is killed meanwhile. */
  whileAlive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        value => this.isAlive && resolve(value),
        error => this.isAlive && reject(error),
      )
    })
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.isAlive) return new Promise(() => undefined)
    this.sleepers++
    const slept = this.#world.sleep(ms, signal).finally(() => {
      this.sleepers--
    })
    return this.whileAlive(slept)
  }

  at(dueMs: number, act: () => void): () => void {
    return this.#world.at(dueMs, () => {
      if (this.isAlive) act()
    })
  }

  kill(): void {
    this.isAlive = false
  }
}
