/** Calibrated so that plain silence does as published: 55.6 % cut off at 300 ms, 21.7 % at 600 ms (eot-bench). */
const MEDIAN_MS = 333
const SIGMA = 0.75
/** Twelve standard deviations wide: all pauses there are. */
const SHORTEST_MS = 1
const LONGEST_MS = 100_000
const HALVINGS = 50

/** The error function (Abramowitz and Stegun 7.1.26: right to 1.5e-7). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - poly * Math.exp(-x * x))
}

/** The share of a caller's pauses within a turn that last longer than this; they are log-normal. */
export const pausesLongerThan = (timeMs: number): number =>
  (1 - erf(Math.log(timeMs / MEDIAN_MS) / SIGMA / Math.SQRT2)) / 2

/** The pause (ms) that such a share of all pauses, between 0 and 1, are longer than. */
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
