import { BetweenSamples } from './between-samples.ts'
import { toMulaw } from './mulaw.ts'

/** Sound as telephones have it: G.711 mu-law, 8,000 samples a second. */
export const PHONE_HZ = 8_000
/** What goes over the line at once. */
export const FRAME_MS = 20
export const FRAME_BYTES = (PHONE_HZ * FRAME_MS) / 1_000

/** One frame for the line, and how loud its loudest sample is, from 0 to 1: a microphone that is dead gives exact zeros. */
export interface PhoneFrame {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly peak: number
}

/** Makes frames of a microphone's sound. */
export class PhoneFrames {
  readonly #sound: BetweenSamples
  readonly #step: number
  #bytes = new Uint8Array(FRAME_BYTES)
  #filled = 0
  #peak = 0

  /** The rate of what comes, in Hz. */
  constructor(rateHz: number) {
    this.#sound = new BetweenSamples(rateHz, PHONE_HZ)
    this.#step = rateHz / PHONE_HZ
  }

  /** Takes samples from -1 to 1, and gives each frame that they fill. */
  take(samples: Float32Array, onFrame: (frame: PhoneFrame) => void): void {
    this.#sound.push(samples)
    while (this.#sound.isReady) {
      const sample = this.#sound.read(this.#step)
      this.#peak = Math.max(this.#peak, Math.abs(sample))
      this.#bytes[this.#filled++] = toMulaw(sample)
      if (this.#filled < FRAME_BYTES) continue
      onFrame({ bytes: this.#bytes, peak: Math.min(1, this.#peak) })
      this.#bytes = new Uint8Array(FRAME_BYTES)
      this.#filled = 0
      this.#peak = 0
    }
  }
}
