import type { VoiceEvent } from '../conversation/ports.ts'

const START = 0.5
const KEEP = 0.35
/** Two windows (64 ms) before it counts as speech: a click is one. */
const START_WINDOWS = 2
/** Six windows (192 ms) without voice end it: shorter ones are the gaps of stops and between words. */
const END_WINDOWS = 6

/** The longest that the end of speech is told after its last voiced sample: six windows, a tick, a run and a frame. */
export const VOICE_HANGOVER_MS = 250

/** Makes starts and ends of speech out of one probability for each window, with hysteresis. */
export class SpeechGate {
  #speaking = false
  /** Windows in a row that speak for a change, and when the first of them (last voiced one, for an end) was. */
  #windows = 0
  #edgeMs = 0

  take(probability: number, startMs: number, endMs: number): VoiceEvent | undefined {
    const voiced = probability >= (this.#speaking ? KEEP : START)
    if (voiced === this.#speaking) {
      this.#windows = 0
      this.#edgeMs = endMs
      return undefined
    }
    if (this.#windows === 0 && !this.#speaking) this.#edgeMs = startMs
    this.#windows++
    if (this.#windows < (this.#speaking ? END_WINDOWS : START_WINDOWS)) return undefined
    this.#speaking = !this.#speaking
    this.#windows = 0
    const atMs = this.#edgeMs
    this.#edgeMs = endMs
    return this.#speaking ? { kind: 'speech-start', firstVoicedMs: atMs } : { kind: 'speech-end', lastVoicedMs: atMs }
  }
}
