import type { Clock } from '../../src/conversation/ports.ts'

interface Due {
  readonly dueMs: number
  readonly order: number
  readonly act: () => void
  /** Somebody of the server sleeps; the world's own events are none. */
  readonly isSleeper: boolean
  /** It wakes nobody of the server's, so that nothing has to settle after it. */
  readonly isQuiet: boolean
  isOff: boolean
}

/** A time in which the server's loop stands still. */
export interface Stall {
  readonly fromMs: number
  readonly toMs: number
}

export interface VirtualClockParts {
  /** How late the next sleeper wakes. */
  readonly lateMs: () => number
  readonly stalls: readonly Stall[]
  /** Resolves when nothing is left that can happen without time passing. */
  readonly settled: () => Promise<void>
}

/** Virtual time with a heap: the server's Clock, and the world's own events beside it. */
export class VirtualClock implements Clock {
  /** Not 0, so that a time of the clock taken for a time of the call shows. */
  #nowMs = 5_000
  #order = 0
  readonly #heap: Due[] = []
  readonly #lateMs: () => number
  readonly #stalls: readonly Stall[]
  readonly #settled: () => Promise<void>
  /** Sleeps of the server that are not over. */
  sleepers = 0
  /** How often somebody was woken, for the speed of it all. */
  woken = 0

  constructor({ lateMs, stalls, settled }: VirtualClockParts) {
    this.#lateMs = lateMs
    this.#stalls = stalls
    this.#settled = settled
  }

  now(): number {
    return this.#nowMs
  }

  wallTime(): Date {
    return new Date(Date.UTC(2025, 0, 15, 9) + this.#nowMs)
  }

  /** The first moment from `ms` on at which the server's loop runs. */
  awakeAt(ms: number): number {
    return this.#stalls.find(stall => stall.fromMs <= ms && ms < stall.toMs)?.toMs ?? ms
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const lateMs = this.#lateMs()
      const wake = (): void => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const dueMs = this.awakeAt(this.#nowMs + Math.max(0, ms) + lateMs)
      const due = this.#add(dueMs, wake, { isSleeper: true, isQuiet: false })
      const abort = (): void => {
        due.isOff = true
        this.sleepers--
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  /** Something of the world's happens at this moment; gives the way to call it off. */
  at(dueMs: number, act: () => void): () => void {
    const due = this.#add(dueMs, act, { isSleeper: false, isQuiet: false })
    return () => {
      due.isOff = true
    }
  }

  /** The same of something that stays outside of the server for now. */
  quietlyAt(dueMs: number, act: () => void): () => void {
    const due = this.#add(dueMs, act, { isSleeper: false, isQuiet: true })
    return () => {
      due.isOff = true
    }
  }

  /** Passes time until `isOver` or `untilMs`: one event after the other, each with all that follows from it. */
  async run(isOver: () => boolean, untilMs: number): Promise<void> {
    await this.#settled()
    while (!isOver()) {
      const next = this.#heap[0]
      if (!next || next.dueMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs)
        return
      }
      this.#removeFirst()
      if (next.isOff) continue
      this.#nowMs = next.dueMs
      this.woken++
      next.isOff = true
      if (next.isSleeper) this.sleepers--
      next.act()
      if (!next.isQuiet) await this.#settled()
    }
  }

  #add(atMs: number, act: () => void, kind: Pick<Due, 'isSleeper' | 'isQuiet'>): Due {
    const due = { dueMs: Math.max(atMs, this.#nowMs), order: this.#order++, act, ...kind, isOff: false }
    if (kind.isSleeper) this.sleepers++
    const heap = this.#heap
    let at = heap.length
    for (let up = (at - 1) >> 1; at > 0; up = (at - 1) >> 1) {
      const parent = heap[up]
      if (!parent || isBefore(parent, due)) break
      heap[at] = parent
      at = up
    }
    heap[at] = due
    return due
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    while (true) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (!child || isBefore(last, child)) break
      heap[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = last
  }
}

const isBefore = (a: Due, b: Due): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
