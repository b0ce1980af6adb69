const BUCKETS = 1001

/** Counts durations by whole milliseconds, in constant memory; all above 1,000 ms count as 1,000. */
export interface MillisecondHistogram {
  readonly count: number
  add(ms: number): void
  /** The smallest whole ms that the given share (0 to 1) of the durations does not exceed; 0 when there are none. */
  quantile(share: number): number
}

export function openMillisecondHistogram(): MillisecondHistogram {
  const buckets = new Uint32Array(BUCKETS)
  let count = 0
  return {
    get count() {
      return count
    },
    add(ms) {
      const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(ms)))
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      count++
    },
    quantile(share) {
      const wanted = share * count
      let seen = 0
      for (let ms = 0; ms < BUCKETS; ms++) {
        seen += buckets[ms] ?? 0
        if (seen >= wanted) return ms
      }
      return BUCKETS - 1
    },
  }
}
