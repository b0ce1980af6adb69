import type { VoiceEvent } from '../conversation/ports.ts'

const KEEP = 0.35
/** Below this a window speaks for silence. */
const LEAST = 0.15
/**
 * Two or three windows in a row that come to this are speech: a click is one. (On 58 interruptions the start is known
 * after 169 ms in nineteen of twenty, where two windows above one half took 201; 120 noises begin none either way.)
 */
const EVIDENCE = 1
const MOST_WINDOWS = 3
/** Six windows (192 ms) without voice end it: shorter ones are the gaps of stops and between words. */
const END_WINDOWS = 6

/** The longest that the end of speech is told after its last voiced sample: six windows, a tick, a run and a frame. */
export const VOICE_HANGOVER_MS = 250

/** Makes starts and ends of speech out of one probability for each window, with hysteresis. */
export class SpeechGate {
  #speaking = false
  /** The windows in a row that speak for a start. */
  #rising: { readonly probability: number; readonly startMs: number }[] = []
  #silentWindows = 0
  #lastVoicedMs = 0

  take(probability: number, startMs: number, endMs: number): VoiceEvent | undefined {
    return this.#speaking ? this.#whileSpeaking(probability, endMs) : this.#whileSilent(probability, startMs, endMs)
  }

  #whileSilent(probability: number, startMs: number, endMs: number): VoiceEvent | undefined {
    if (probability < LEAST) this.#rising = []
    else this.#rising = [...this.#rising, { probability, startMs }].slice(-MOST_WINDOWS)
    const evidence = this.#rising.reduce((sum, window) => sum + window.probability, 0)
    const [first, second] = this.#rising
    if (!first || !second || evidence < EVIDENCE) return undefined
    this.#speaking = true
    this.#silentWindows = 0
    this.#lastVoicedMs = endMs
    this.#rising = []
    return { kind: 'speech-start', firstVoicedMs: first.startMs }
  }

  #whileSpeaking(probability: number, endMs: number): VoiceEvent | undefined {
    if (probability >= KEEP) {
      this.#silentWindows = 0
      this.#lastVoicedMs = endMs
      return undefined
    }
    this.#silentWindows++
    if (this.#silentWindows < END_WINDOWS) return undefined
    this.#speaking = false
    return { kind: 'speech-end', lastVoicedMs: this.#lastVoicedMs }
  }
}
