/** A service whose heartbeat stays away for so long, or for three of its beats, is dead. */
const LONGEST_MS = 10_000
const MOST_BEATS = 3

/**
 * Tells a recogniser that has died from one to whom nobody speaks. How often it reports is not documented, and an older
 * server may not report at all: so its own rhythm is learnt, and without one nothing is said.
 */
export class Heartbeats {
  #lastMs: number | undefined
  #longestGapMs = 0

  beat(nowMs: number): void {
    if (this.#lastMs !== undefined) this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
  }

  /** No sound goes out, so none may be reported on. */
  pause(): void {
    this.#lastMs = undefined
  }

  isOverdue(nowMs: number): boolean {
    if (this.#lastMs === undefined || this.#longestGapMs === 0) return false
    return nowMs - this.#lastMs > Math.max(LONGEST_MS, MOST_BEATS * this.#longestGapMs)
  }
}
