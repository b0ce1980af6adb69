import type { Clock } from '../conversation/ports.ts'

/** Something that happens at a time. */
interface Due {
  readonly dueMs: number
  readonly order: number
  act: () => void
  /** A sleep of the server, as opposed to an event of the simulation. */
  readonly isSleeper: boolean
  /** It does not reach the server, so no promises have to settle after it. */
  readonly isQuiet: boolean
  isCancelled: boolean
}

/** A time during which the server's event loop is blocked. */
export interface Stall {
  readonly fromMs: number
  readonly toMs: number
}

/** What makes time pass as it does on a machine. */
export interface VirtualClockParts {
  /** How late the next sleeper wakes. */
  readonly lateMs: () => number
  readonly stalls: readonly Stall[]
  /** Resolves when nothing is left that can happen without time passing. */
  readonly settled: () => Promise<void>
}

/** Virtual time with a heap: the server's Clock, and the events of the simulation. */
export class VirtualClock implements Clock {
  /** Not 0, so that mixing up the clock's time and the call's time is noticed. */
  #nowMs = 5_000
  #order = 0
  readonly #heap: Due[] = []
  readonly #lateMs: () => number
  readonly #stalls: readonly Stall[]
  readonly #settled: () => Promise<void>
  /** The server's pending sleeps. */
  sleepers = 0
  /** The number of events so far. */
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

  /** The first time from `ms` on at which the server's event loop runs. */
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
        cancel(due)
        this.sleepers--
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  /** Schedules an event of the simulation. Returns a function that cancels it. */
  at(dueMs: number, act: () => void): () => void {
    const due = this.#add(dueMs, act, { isSleeper: false, isQuiet: false })
    return () => cancel(due)
  }

  /** The same for an event that does not reach the server. */
  quietlyAt(dueMs: number, act: () => void): () => void {
    const due = this.#add(dueMs, act, { isSleeper: false, isQuiet: true })
    return () => cancel(due)
  }

  /** Runs events in order until `isOver` or `untilMs`, and lets promises settle after each. */
  async run(isOver: () => boolean, untilMs: number): Promise<void> {
    await this.#settled()
    while (!isOver()) {
      const next = this.#heap[0]
      if (!next || next.dueMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs)
        return
      }
      this.#removeFirst()
      if (next.isCancelled) continue
      this.#nowMs = next.dueMs
      this.woken++
      next.isCancelled = true
      if (next.isSleeper) this.sleepers--
      next.act()
      if (!next.isQuiet) await this.#settled()
    }
  }

  #add(atMs: number, act: () => void, kind: Pick<Due, 'isSleeper' | 'isQuiet'>): Due {
    const due = { dueMs: Math.max(atMs, this.#nowMs), order: this.#order++, act, ...kind, isCancelled: false }
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

/** It stays in the heap until its time, which may be weeks away; what it would have done does not. */
function cancel(due: Due): void {
  due.isCancelled = true
  due.act = nothing
}
const nothing = (): void => undefined

const isBefore = (a: Due, b: Due): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
