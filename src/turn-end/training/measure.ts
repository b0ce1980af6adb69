/** Scores of turns that are known to be whole or cut. */
export interface Scores {
  readonly whole: Float64Array
  readonly cut: Float64Array
}

/** The probability that a whole turn scores higher than a cut one (ties count half). */
export function auc({ whole, cut }: Scores): number {
  const wholes = whole.toSorted()
  const cuts = cut.toSorted()
  let below = 0
  let upTo = 0
  let sum = 0
  for (const score of wholes) {
    while (below < cuts.length && (cuts[below] ?? 0) < score) below++
    while (upTo < cuts.length && (cuts[upTo] ?? 0) <= score) upTo++
    sum += (below + upTo) / 2
  }
  return sum / (wholes.length * cuts.length)
}

/** The share of scores at or above a threshold. */
export const shareAbove = (scores: Float64Array, threshold: number): number =>
  scores.filter(score => score >= threshold).length / scores.length

/** The highest threshold that this share of the scores reaches. */
export function thresholdFor(scores: Float64Array, share: number): number {
  const sorted = scores.toSorted()
  return sorted[Math.round((1 - share) * sorted.length)] ?? 0
}
