import type { VoiceEvent } from '../conversation/ports.ts'

/** Where speech begins and ends, by the probability of a voice in each window. */
export interface Gate {
  /** Above this a window continues speech. */
  readonly keep: number
  /** A window below this counts as silent. */
  readonly least: number
  /** Speech starts when up to `mostWindows` windows in a row, and two at least, sum up to this. */
  readonly evidence: number
  readonly mostWindows: number
  /** So many windows without voice end speech. Shorter gaps occur at plosives and between words. */
  readonly endWindows: number
}

/**
 * For windows of 32 ms: a click is only one of them, and 192 ms end speech. (In 19 of 20 of 58 interruptions the start is
 * known after 169 ms, where two windows above 0.5 took 201; 120 noises start none.)
 */
export const NORMAL_GATE: Gate = { keep: 0.35, least: 0.15, evidence: 1, mostWindows: 3, endWindows: 6 }

/** The longest time from the last voiced sample to the reported end: six windows, a tick, a run and a frame. */
export const VOICE_HANGOVER_MS = 250

/** Turns one speech probability per window into starts and ends of speech, with hysteresis. */
export class SpeechGate {
  readonly #gate: Gate
  #speaking = false
  /** The latest windows in a row that may be the start of speech. */
  #rising: { readonly probability: number; readonly startMs: number }[] = []
  #silentWindows = 0
  #lastVoicedMs = 0

  constructor(gate: Gate = NORMAL_GATE) {
    this.#gate = gate
  }

  take(probability: number, startMs: number, endMs: number): VoiceEvent | undefined {
    return this.#speaking ? this.#whileSpeaking(probability, endMs) : this.#whileSilent(probability, startMs, endMs)
  }

  #whileSilent(probability: number, startMs: number, endMs: number): VoiceEvent | undefined {
    const { least, mostWindows, evidence: needed } = this.#gate
    if (probability < least) this.#rising = []
    else this.#rising = [...this.#rising, { probability, startMs }].slice(-mostWindows)
    const evidence = this.#rising.reduce((sum, window) => sum + window.probability, 0)
    const [first, second] = this.#rising
    if (!first || !second || evidence < needed) return undefined
    this.#speaking = true
    this.#silentWindows = 0
    this.#lastVoicedMs = endMs
    this.#rising = []
    return { kind: 'speech-start', firstVoicedMs: first.startMs }
  }

  #whileSpeaking(probability: number, endMs: number): VoiceEvent | undefined {
    if (probability >= this.#gate.keep) {
      this.#silentWindows = 0
      this.#lastVoicedMs = endMs
      return undefined
    }
    this.#silentWindows++
    if (this.#silentWindows < this.#gate.endWindows) return undefined
    this.#speaking = false
    return { kind: 'speech-end', lastVoicedMs: this.#lastVoicedMs }
  }
}
