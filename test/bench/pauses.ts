/** Calibrated to published results for plain silence: 55.6 % cut off at 300 ms, 21.7 % at 600 ms (eot-bench). */
const MEDIAN_MS = 333
const SIGMA = 0.75
/** The search range covers all pauses. */
const SHORTEST_MS = 1
const LONGEST_MS = 100_000
const HALVINGS = 50

/** The error function (Abramowitz and Stegun 7.1.26; its error is below 1.5e-7). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - poly * Math.exp(-x * x))
}

/** The share of pauses within a turn that are longer than this. Pauses are log-normal. */
export const pausesLongerThan = (timeMs: number): number =>
  (1 - erf(Math.log(timeMs / MEDIAN_MS) / SIGMA / Math.SQRT2)) / 2

/** The pause (ms) that this share (0 to 1) of all pauses exceeds. */
export function pauseExceededBy(share: number): number {
  let shorterMs = SHORTEST_MS
  let longerMs = LONGEST_MS
  for (let i = 0; i < HALVINGS; i++) {
    const middleMs = Math.sqrt(shorterMs * longerMs)
    if (pausesLongerThan(middleMs) > share) shorterMs = middleMs
    else longerMs = middleMs
  }
  return shorterMs
}
