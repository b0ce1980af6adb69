import { isVoiced } from '../../audio/loudness.ts'

/** Less voice than this is a click. */
const LEAST_VOICED_MS = 300
/** One stretch without words may be a cough; a service that has nothing to say of so many in a row is asked why. */
const MOST_STRETCHES = 2

/**
 * Speech of which a service has told nothing. A recogniser may be dead while its connection still answers every ping: that
 * shows only where words were spoken and none came.
 */
export class Unanswered {
  #voicedMs = 0
  #stretches = 0
  #owedSinceMs: number | undefined

  /** Sound goes out. */
  sound(pcm: Int16Array, rateHz: number): void {
    if (isVoiced(pcm)) this.#voicedMs += (pcm.length / rateHz) * 1_000
  }

  /** The caller has paused: what was said before should be told now. */
  flush(nowMs: number): void {
    if (this.#voicedMs >= LEAST_VOICED_MS) this.#stretches++
    this.#voicedMs = 0
    if (this.#stretches >= MOST_STRETCHES) this.#owedSinceMs ??= nowMs
  }

  /** The recogniser has told something. */
  answered(): void {
    this.#voicedMs = 0
    this.#stretches = 0
    this.#owedSinceMs = undefined
  }

  /** Why the recogniser must be dead, if it must. */
  overdue(nowMs: number, withinMs: number): string | undefined {
    const isOwed = this.#owedSinceMs !== undefined && nowMs - this.#owedSinceMs > withinMs
    return isOwed ? `no words of ${this.#stretches} stretches of speech, ${withinMs} ms after the last one` : undefined
  }
}
