import type { Clock } from '../conversation/ports.ts'
import type { HeardWord } from './deepgram/scripted-transcripts.ts'
import { type DelayProfile, drawMs } from './delays.ts'

/** Of which session the words are, and how late they come. */
export interface WordsDueParts {
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  /** Aborts when the session is over. */
  readonly signal: AbortSignal
  /** The words since the last end have grown. */
  readonly onWords: (words: readonly HeardWord[]) => void
  /** These words are final. */
  readonly onEnd: (words: readonly HeardWord[]) => void
}

/** When a recogniser knows the words that it was told, and when it makes them final: by the delays of a profile. */
export class WordsDue {
  readonly #parts: WordsDueParts
  /** Words since the last end, known or not. */
  #words: HeardWord[] = []
  #known = 0
  #wordsAtMs = 0
  #endDelayMs = 0
  /** More words cancel a planned end. */
  #plan = 0
  #isPlanned = false

  constructor(parts: WordsDueParts) {
    this.#parts = parts
  }

  /** There are words that are not final yet. */
  get isOpen(): boolean {
    return this.#words.length > 0
  }

  add(words: readonly HeardWord[]): void {
    if (words.length === 0) return
    const { profile, chance, clock } = this.#parts
    this.#words.push(...words)
    this.#wordsAtMs = clock.now()
    this.#endDelayMs = drawMs(profile.final, chance)
    this.#plan++
    this.#isPlanned = false
    const own = this.#words
    const count = own.length
    this.#later(drawMs(profile.interim, chance), () => {
      // Words that became final in the meantime are not told again.
      if (this.#words !== own || this.#known >= count) return
      this.#known = count
      this.#parts.onWords(own.slice(0, count))
    })
  }

  /** Makes the words so far final, as soon as the recogniser can. */
  end(): void {
    if (this.#isPlanned || this.#words.length === 0) return
    const { profile, clock } = this.#parts
    const plan = ++this.#plan
    this.#isPlanned = true
    const waitedMs = profile.final.after === 'silence' ? 0 : clock.now() - this.#wordsAtMs
    this.#later(Math.max(0, this.#endDelayMs - waitedMs), () => {
      if (plan === this.#plan) this.endNow()
    })
  }

  /** Makes them final at once, as at the end of a session. */
  endNow(): void {
    const words = this.#words
    this.#words = []
    this.#known = 0
    this.#isPlanned = false
    this.#plan++
    if (words.length > 0) this.#parts.onEnd(words)
  }

  #later(ms: number, then: () => void): void {
    this.#parts.clock.sleep(ms, this.#parts.signal).then(then, () => undefined)
  }
}
