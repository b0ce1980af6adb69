/** So many peaks a second: at the closest look a peak is two pixels. */
export const PEAKS_A_SECOND = 100
const HEADER_BYTES = 44
/** A header from elsewhere could name any length. */
const MOST_SECONDS = 6 * 3_600
const FULL = 32_768

/**
 * The peaks of a stereo WAV (16 bits), taken in pieces as they come: an hour of sound is never held at once. Left is the
 * caller, right the agent; each peak is 0 to 1.
 */
export class Peaks {
  #rest = new Uint8Array()
  #header: { readonly rateHz: number; readonly channels: number; readonly seconds: number } | undefined
  #frames = 0
  #left = new Float32Array()
  #right = new Float32Array()

  /** Whether the header has come. */
  get isKnown(): boolean {
    return this.#header !== undefined
  }

  /** As the header tells; 0 until it has come. */
  get seconds(): number {
    return this.#header?.seconds ?? 0
  }

  /** Filled in place as pieces come. */
  get channels(): readonly [caller: Float32Array, agent: Float32Array] {
    return [this.#left, this.#right]
  }

  /**
   * Takes the next bytes of the file. `fileBytes` is the file's length where it is known: the header of a call that was
   * killed may tell less. Throws an error that says what is wrong with the file.
   */
  take(bytes: Uint8Array, fileBytes?: number): void {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes)
    if (!this.#header) {
      if (all.length < HEADER_BYTES) {
        this.#rest = all.slice()
        return
      }
      this.#begin(all, fileBytes)
      return this.#samples(all.subarray(HEADER_BYTES))
    }
    this.#samples(all)
  }

  #begin(all: Uint8Array, fileBytes: number | undefined): void {
    const view = new DataView(all.buffer, all.byteOffset, HEADER_BYTES)
    const tag = (at: number): string => String.fromCharCode(...all.subarray(at, at + 4))
    const [channels, rateHz, bits] = [view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)]
    const isOurs = tag(0) === 'RIFF' && tag(8) === 'WAVE' && tag(36) === 'data' && view.getUint16(20, true) === 1
    if (!isOurs || bits !== 16 || channels < 1 || channels > 2 || rateHz < 1_000)
      throw new Error('The recording is not a WAV of 16 bits, so its waveform cannot be drawn.')
    const dataBytes = fileBytes === undefined ? view.getUint32(40, true) : fileBytes - HEADER_BYTES
    const seconds = Math.min(MOST_SECONDS, dataBytes / (rateHz * channels * 2))
    this.#header = { rateHz, channels, seconds }
    const count = Math.ceil(seconds * PEAKS_A_SECOND)
    this.#left = new Float32Array(count)
    this.#right = new Float32Array(count)
  }

  #samples(bytes: Uint8Array): void {
    const header = this.#header
    if (!header) return
    const frameBytes = header.channels * 2
    const whole = bytes.length - (bytes.length % frameBytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, whole)
    const perPeak = header.rateHz / PEAKS_A_SECOND
    const second = header.channels === 2 ? 2 : 0
    for (let at = 0; at < whole; at += frameBytes, this.#frames++) {
      const peak = Math.floor(this.#frames / perPeak)
      if (peak >= this.#left.length) break
      const left = Math.abs(view.getInt16(at, true)) / FULL
      const right = Math.abs(view.getInt16(at + second, true)) / FULL
      if (left > (this.#left[peak] ?? 0)) this.#left[peak] = left
      if (right > (this.#right[peak] ?? 0)) this.#right[peak] = right
    }
    this.#rest = bytes.slice(whole)
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
