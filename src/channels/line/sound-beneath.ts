import { resampler } from '../../audio/resample.ts'

/** Kept before it begins, and after each gap: as much as a network's frames come late. */
const KEPT_MS = 80
/** What has piled up beyond this is old, as after a speech that was sent ahead: the newest is heard. */
const MOST_MS = 300
/** Loud enough to tell who speaks and how, and no more: who listens to the interpreter must not have to strain. */
const LEVEL = 10 ** (-14 / 20)
const UNDER_SPEECH_LEVEL = 10 ** (-22 / 20)
/** A change of level takes so long, and so does the way in and out of silence, so that nothing clicks. */
const FADE_MS = 10
const MOST_SAMPLE = 32_767

/** Sound that comes while it is heard, such as another person's, which is given in pieces and taken in pieces. */
export class SoundBeneath {
  readonly #resampled: (pcm: Int16Array) => Int16Array
  readonly #fadeStep: number
  readonly #keptSamples: number
  readonly #ring: Int16Array
  #from = 0
  #length = 0
  #isRunning = false
  #gain = 0
  #last = 0

  constructor(fromHz: number, toHz: number) {
    this.#resampled = resampler(fromHz, toHz)
    this.#keptSamples = (toHz * KEPT_MS) / 1_000
    this.#ring = new Int16Array((toHz * MOST_MS) / 1_000)
    this.#fadeStep = 1_000 / (FADE_MS * toHz)
  }

  /** Gives the next sound. Of what waits too long the oldest is dropped. */
  push(pcm: Int16Array): void {
    const sound = this.#resampled(pcm)
    const newest = sound.subarray(Math.max(0, sound.length - this.#ring.length))
    const size = this.#ring.length
    const dropped = Math.max(0, this.#length + newest.length - size)
    // Down to what is usually kept, so that it does not stay late for the rest of the call.
    if (dropped > 0) this.#skip(Math.min(this.#length, Math.max(dropped, this.#length - this.#keptSamples)))
    for (let i = 0; i < newest.length; i++) this.#ring[(this.#from + this.#length + i) % size] = newest[i] ?? 0
    this.#length += newest.length
  }

  /** Adds what comes next to the sound of a line, lower where that is speech. */
  addTo(sound: Int16Array, isSpeech: boolean): void {
    this.#isRunning = this.#length > 0 && (this.#isRunning || this.#length >= this.#keptSamples)
    const level = isSpeech ? UNDER_SPEECH_LEVEL : LEVEL
    for (let i = 0; i < sound.length; i++) {
      const isThere = this.#isRunning && this.#length > 0
      const wanted = isThere ? level : 0
      this.#gain += Math.max(-this.#fadeStep, Math.min(this.#fadeStep, wanted - this.#gain))
      if (isThere) this.#last = this.#next()
      else if (this.#gain === 0) break
      const sum = (sound[i] ?? 0) + Math.round(this.#gain * this.#last)
      sound[i] = Math.max(-MOST_SAMPLE, Math.min(MOST_SAMPLE, sum))
    }
    if (this.#length === 0) this.#isRunning = false
  }

  #next(): number {
    const sample = this.#ring[this.#from] ?? 0
    this.#skip(1)
    return sample
  }

  #skip(samples: number): void {
    this.#from = (this.#from + samples) % this.#ring.length
    this.#length -= samples
  }
}
