export interface LatenessSummary {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly mostMs: number
  /** Counts by lateness rounded up to 0, 1, 2 … ms, so that several calls can be added up. */
  readonly byMs: readonly number[]
}

/** Counts lateness in steps of 0.1 ms up to 100 ms, in a few kilobytes for calls of any length. */
export class Lateness {
  readonly #counts = new Uint32Array(1_001)
  #total = 0
  #mostMs = 0
  readonly #onLate: ((ms: number) => void) | undefined

  /** `onLate` is told of each, too. */
  constructor(onLate?: (ms: number) => void) {
    this.#onLate = onLate
  }

  add(ms: number): void {
    this.#onLate?.(ms)
    const step = Math.min(1_000, Math.max(0, Math.round(ms * 10)))
    this.#counts[step] = (this.#counts[step] ?? 0) + 1
    this.#total++
    this.#mostMs = Math.max(this.#mostMs, ms)
  }

  /** The quantile `q` (0 to 1) in ms; 0 if nothing was counted. */
  quantileMs(q: number): number {
    let seen = 0
    for (let step = 0; step < this.#counts.length; step++) {
      seen += this.#counts[step] ?? 0
      if (seen >= q * this.#total && seen > 0) return step / 10
    }
    return 0
  }

  summary(): LatenessSummary {
    const mostMs = Math.round(this.#mostMs * 10) / 10
    const byMs: number[] = []
    this.#counts.forEach((count, step) => {
      const ms = Math.ceil(step / 10)
      if (count > 0) byMs[ms] = (byMs[ms] ?? 0) + count
    })
    const filled = Array.from(byMs, count => count ?? 0)
    return { count: this.#total, p50Ms: this.quantileMs(0.5), p99Ms: this.quantileMs(0.99), mostMs, byMs: filled }
  }
}
