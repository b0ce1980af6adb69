import type { VoiceEvent } from '../conversation/ports.ts'

const KEEP = 0.35
/** A window below this counts as silent. */
const LEAST = 0.15
/**
 * Speech starts when two or three windows in a row sum up to this; a click is only one window. (In 19 of 20 of 58
 * interruptions the start is known after 169 ms, where two windows above 0.5 took 201; 120 noises start none.)
 */
const EVIDENCE = 1
const MOST_WINDOWS = 3
/** Six windows (192 ms) without voice end speech. Shorter gaps occur at plosives and between words. */
const END_WINDOWS = 6

/** The longest time from the last voiced sample to the reported end: six windows, a tick, a run and a frame. */
export const VOICE_HANGOVER_MS = 250

/** Turns one speech probability per window into starts and ends of speech, with hysteresis. */
export class SpeechGate {
  #speaking = false
  /** The latest windows in a row that may be the start of speech. */
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
