import type { Clock } from '../../src/conversation/ports.ts'

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** Settles all promises that can settle now. The fakes use no socket, so one turn of the event loop is enough. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Virtual time: it passes only by `advance`, and sleepers wake in the order in which they are due. */
export class FakeClock implements Clock {
  /** Not 0, so that a test fails where a time of the clock is used as a time of the call. */
  #nowMs = 5_000
  #sleepers: readonly Sleeper[] = []

  now(): number {
    return this.#nowMs
  }

  wallTime(): Date {
    return new Date(Date.UTC(2025, 0, 15, 9) + this.#nowMs)
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        signal.removeEventListener('abort', abort)
      }
      const abort = (): void => {
        leave()
        reject(signal.reason)
      }
      const wake = (): void => {
        leave()
        resolve()
      }
      const sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake }
      this.#sleepers = [...this.#sleepers, sleeper]
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  /** How many sleepers there are: 0 when nothing is left running. */
  get pending(): number {
    return this.#sleepers.length
  }

  /** The process is stalled for `ms`: nobody wakes meanwhile, and who was due wakes late. */
  stall(ms: number): void {
    this.#nowMs += ms
  }

  /** Lets `ms` pass. Each sleeper wakes at its own time, and finishes its work before the next one wakes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settled()
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.wake()
      await settled()
    }
    this.#nowMs = untilMs
  }

  #next(untilMs: number): Sleeper | undefined {
    const due = this.#sleepers.filter(({ dueMs }) => dueMs <= untilMs)
    return due.toSorted((a, b) => a.dueMs - b.dueMs)[0]
  }
}
