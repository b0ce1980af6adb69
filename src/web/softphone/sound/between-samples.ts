/** Zero crossings of the sinc on each side of a sample. More of them make the filter's edge steeper. */
const CROSSINGS = 16
/** The pass band as a share of the lower rate's band. The rest is the filter's slope. */
const PASS = 0.9
const KAISER_BETA = 7
/** Rows of weights from one sample to the next. What lies between two rows is mixed of both: 70 dB below the sound. */
const ROWS = 64
/** What is pushed at once, at first; more makes the buffer grow. */
const USUAL_PIECE = 1_024

/**
 * Sound that comes in pieces at one rate and is read at another, between its samples, at a pace that may change with each
 * sample read. A windowed sinc lets nothing through that the lower rate cannot carry. It gives sound later by half the
 * filter: 2 ms for 8 kHz and any rate above.
 */
export class BetweenSamples {
  readonly #half: number
  readonly #weights: Float32Array
  #sound: Float32Array
  #length: number
  /** Where the next sample to be read lies in `#sound`, with its fraction. */
  #at: number

  /** Rates in Hz. Throws a RangeError for those that no sound has. */
  constructor(fromHz: number, toHz: number) {
    for (const rateHz of [fromHz, toHz]) {
      if (!(rateHz >= 3_000 && rateHz <= 768_000)) throw new RangeError(`no sound has ${rateHz} samples a second`)
    }
    const narrowing = Math.min(1, toHz / fromHz)
    this.#half = Math.ceil(CROSSINGS / narrowing)
    this.#weights = weightsOf(this.#half, PASS * narrowing)
    this.#sound = new Float32Array(2 * this.#half + 2 * USUAL_PIECE)
    // Silence before the first sample, so that it too has a left side.
    this.#length = this.#half
    this.#at = this.#half
  }

  push(piece: Float32Array): void {
    if (this.#length + piece.length > this.#sound.length) this.#makeRoom(piece.length)
    this.#sound.set(piece, this.#length)
    this.#length += piece.length
  }

  /** Whether a sample can be read without another piece. */
  get isReady(): boolean {
    return Math.floor(this.#at) + this.#half < this.#length
  }

  /** The next sample, and moves on by `step` samples of what was pushed. Only when it is ready. */
  read(step: number): number {
    const whole = Math.floor(this.#at)
    const row = (this.#at - whole) * ROWS
    const above = Math.floor(row)
    const share = row - above
    const taps = 2 * this.#half
    const first = whole - this.#half + 1
    let sum = 0
    for (let tap = 0, weight = above * taps; tap < taps; tap++, weight++) {
      const upper = this.#weights[weight] ?? 0
      const lower = this.#weights[weight + taps] ?? 0
      sum += (this.#sound[first + tap] ?? 0) * (upper + (lower - upper) * share)
    }
    this.#at += step
    return sum
  }

  #makeRoom(length: number): void {
    const past = Math.max(0, Math.floor(this.#at) - this.#half)
    const kept = this.#sound.subarray(past, this.#length)
    const wanted = kept.length + length
    const room = wanted > this.#sound.length ? new Float32Array(2 * wanted) : this.#sound
    room.set(kept)
    this.#sound = room
    this.#length = kept.length
    this.#at -= past
  }
}

/** A row of `2 * half` weights for each of `ROWS` places between two samples, and one more for the next sample itself. */
function weightsOf(half: number, cutoff: number): Float32Array {
  const taps = 2 * half
  const weights = new Float32Array((ROWS + 1) * taps)
  for (let row = 0; row <= ROWS; row++) {
    const own = weights.subarray(row * taps, (row + 1) * taps)
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - half + 1 - row / ROWS
      own[tap] = cutoff * sinc(cutoff * distance) * kaiser(distance / half)
    }
    // Each row sums to one, so that a steady tone keeps its level.
    const sum = own.reduce((total, weight) => total + weight, 0)
    for (let tap = 0; tap < taps; tap++) own[tap] = (own[tap] ?? 0) / sum
  }
  return weights
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const kaiser = (x: number): number =>
  Math.abs(x) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA)

/** The modified Bessel function of order zero, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1]
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
