/** Noises behind a caller's voice. */
export const NOISES = ['pink', 'street', 'babble'] as const
export type Noise = (typeof NOISES)[number]

/** What noises are made of. */
export interface NoiseParts {
  readonly random: () => number
  readonly rateHz: number
  /** What people in the same room say, end to end. */
  readonly chatter: Int16Array
}

const TALKERS = 6
const FULL = 32_768

/** So many samples of a noise, at a level of -26 dBFS or so. The same random numbers give the same samples. */
export function noise(kind: Noise, length: number, parts: NoiseParts): Float64Array {
  switch (kind) {
    case 'pink':
      return pink(length, parts.random)
    case 'street':
      return street(length, parts)
    case 'babble':
      return babble(length, parts)
  }
}

/** Equal power in each octave (Paul Kellet's filter of white noise). */
function pink(length: number, random: () => number): Float64Array {
  const [a, b, c] = [new Lag(0.99765), new Lag(0.963), new Lag(0.57)]
  return Float64Array.from({ length }, () => {
    const white = random() * 2 - 1
    return 0.05 * (a.of(white * 0.099046) + b.of(white * 0.2965164) + c.of(white * 1.0526913) + white * 0.1848)
  })
}

/** A low pass of one step. */
class Lag {
  readonly #keeps: number
  #value = 0

  constructor(keeps: number) {
    this.#keeps = keeps
  }

  of(sample: number): number {
    this.#value = this.#keeps * this.#value + sample
    return this.#value
  }
}

const CAR_EVERY_S = 2.5
const HORN_EVERY_S = 7

/** A rumble that never ends, cars that come and go, and sometimes a horn. */
function street(length: number, { random, rateHz }: NoiseParts): Float64Array {
  const [rumble, tyres, hiss] = [new Lag(0.985), new Lag(0.8), new Lag(0.3)]
  const cars = passing(length / rateHz, CAR_EVERY_S, random)
  const horns = passing(length / rateHz, HORN_EVERY_S, random)
  return Float64Array.from({ length }, (_, i) => {
    const s = i / rateHz
    const white = random() * 2 - 1
    const near = cars.reduce((sum, atS) => sum + Math.exp(-(((s - atS) / 0.7) ** 2)), 0)
    const isHorn = horns.some(atS => s >= atS && s < atS + 0.35)
    const horn = isHorn ? 0.04 * (Math.sin(2 * Math.PI * 420 * s) + Math.sin(2 * Math.PI * 530 * s)) : 0
    return 0.018 * rumble.of(white) + near * (0.04 * tyres.of(white) + 0.02 * hiss.of(white)) + horn
  })
}

/** Times in seconds, so often in the mean. */
function passing(lengthS: number, everyS: number, random: () => number): readonly number[] {
  return Array.from({ length: Math.ceil(lengthS / everyS) }, (_, i) => (i + random()) * everyS)
}

/** Six people talk at once, none of them nearer than another. */
function babble(length: number, { random, chatter }: NoiseParts): Float64Array {
  const starts = Array.from({ length: TALKERS }, () => Math.floor(random() * chatter.length))
  return Float64Array.from(
    { length },
    (_, i) => starts.reduce((sum, start) => sum + (chatter[(start + i) % chatter.length] ?? 0), 0) / FULL / TALKERS,
  )
}

/**
 * Speech with a noise behind it, `snrDb` quieter than the voice is while it speaks. Both are measured over the whole band
 * of the line. Samples are cut where the sum is too loud.
 */
export function mixed(speech: Int16Array, behind: Float64Array, snrDb: number): Int16Array {
  const peak = speech.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  const loud = speech.filter(sample => Math.abs(sample) > peak / 30)
  const gain = (levelOf(loud) / FULL / levelOf(behind)) * 10 ** (-snrDb / 20)
  return speech.map((sample, i) => {
    const sum = Math.round(sample + FULL * gain * (behind[i] ?? 0))
    return Math.max(-FULL, Math.min(FULL - 1, sum))
  })
}

/** The root of the mean square. */
export function levelOf(samples: Int16Array | Float64Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, samples.length))
}
