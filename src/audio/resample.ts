/** Zero crossings of the sinc on each side of a sample. More of them make the filter's edge steeper. */
const CROSSINGS = 16
/** The pass band as a share of the lower rate's band. The rest is the filter's slope. */
const PASS = 0.9
const KAISER_BETA = 7

/**
 * Resamples from one rate in Hz to another with a windowed-sinc low-pass, which prevents aliasing. The result lasts as
 * long as the input, rounded down to a sample. Throws an Error for invalid rates.
 */
export function resample(pcm: Int16Array, fromHz: number, toHz: number): Int16Array {
  if (!(Number.isInteger(fromHz) && Number.isInteger(toHz) && fromHz > 0 && toHz > 0)) {
    throw new Error(`cannot resample from ${fromHz} to ${toHz} Hz: rates are whole numbers above 0`)
  }
  if (fromHz === toHz) return pcm.slice()
  const filter = filterBetween(fromHz, toHz)
  const out = new Int16Array(Math.floor((pcm.length * toHz) / fromHz))
  for (let i = 0; i < out.length; i++) out[i] = sampleAt(pcm, i * filter.step, filter)
  return out
}

/**
 * Resamples sound that comes in pieces: gives for each piece the sound that is due, later by half the filter (1 ms from
 * 24,000 Hz to 16,000). Pieces of a length that both rates share, such as 20 ms, give pieces of the same length.
 */
export function resampler(fromHz: number, toHz: number): (pcm: Int16Array) => Int16Array {
  if (fromHz === toHz) return pcm => pcm
  const filter = filterBetween(fromHz, toHz)
  const { phases, step, half } = filter
  let kept = new Int16Array(2 * half)
  let position = half * phases
  return pcm => {
    const sound = new Int16Array(kept.length + pcm.length)
    sound.set(kept)
    sound.set(pcm, kept.length)
    const untilPosition = (sound.length - half) * phases
    const out = new Int16Array(Math.max(0, Math.ceil((untilPosition - position) / step)))
    for (let i = 0; i < out.length; i++) out[i] = sampleAt(sound, position + i * step, filter)
    position += out.length * step - pcm.length * phases
    kept = sound.slice(pcm.length)
    return out
  }
}

/** One new sample. `position` counts phases from the first old one. */
function sampleAt(pcm: Int16Array, position: number, { phases, half, weights }: Filter): number {
  const first = Math.floor(position / phases) - half + 1
  const row = (position % phases) * 2 * half
  const from = Math.max(0, -first)
  const to = Math.min(2 * half, pcm.length - first)
  let sum = 0
  for (let tap = from; tap < to; tap++) sum += (pcm[first + tap] ?? 0) * (weights[row + tap] ?? 0)
  return Math.max(-32768, Math.min(32767, Math.round(sum)))
}

/** One row of `2 * half` weights for each position (phase) of a new sample between two old ones. */
interface Filter {
  readonly phases: number
  readonly step: number
  readonly half: number
  readonly weights: Float64Array
}

function filterBetween(fromHz: number, toHz: number): Filter {
  const shared = greatestDivisor(fromHz, toHz)
  const phases = toHz / shared
  const cutoff = PASS * Math.min(1, toHz / fromHz)
  const half = Math.ceil(CROSSINGS / Math.min(1, toHz / fromHz))
  const weights = new Float64Array(phases * 2 * half)
  for (let phase = 0; phase < phases; phase++) {
    const row = weights.subarray(phase * 2 * half, (phase + 1) * 2 * half)
    for (let tap = 0; tap < row.length; tap++) {
      const distance = tap - half + 1 - phase / phases
      row[tap] = cutoff * sinc(cutoff * distance) * kaiser(distance / half)
    }
    // Each row sums to one, so that a steady tone keeps its level from phase to phase.
    const sum = row.reduce((total, weight) => total + weight, 0)
    for (let tap = 0; tap < row.length; tap++) row[tap] = (row[tap] ?? 0) / sum
  }
  return { phases, step: fromHz / shared, half, weights }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA)
}

/** The modified Bessel function of order zero, by its series. */
function bessel(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
