import type { Clock } from '../conversation/ports.ts'
import type { HeardWord, ScriptedTranscripts } from './deepgram/scripted-transcripts.ts'
import { type DelayProfile, drawMs } from './delays.ts'

/** A service that has nothing more to say says so after this time. */
const NOTHING_MS = 20

/** Whose phrases they are, and how late they are heard. */
interface Parts {
  readonly transcripts: ScriptedTranscripts
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly clock: Clock
  /** Of the stream that is heard. */
  readonly signal: AbortSignal
  /** A phrase is over after such a silence. */
  readonly silenceMs: number
}

/** Who is told the words. */
interface Told {
  /** The words of the phrase so far. */
  interim(words: readonly HeardWord[]): void
  final(words: readonly HeardWord[]): void
}

/** What is heard, in phrases: for services that make words final in a pause or at the end of the sound. */
export class SpokenPhrases {
  readonly #parts: Parts
  readonly #told: Told
  #words: HeardWord[] = []
  /** How many of them were told. */
  #known = 0
  #wordsAtMs = 0
  #finalDelayMs = 0
  /** Counts what would make the words final, so that newer words cancel it. */
  #plan = 0
  #isPlanned = false

  constructor(parts: Parts, told: Told) {
    this.#parts = parts
    this.#told = told
  }

  hear(pcm: Int16Array): void {
    const { transcripts, profile, chance, clock, silenceMs } = this.#parts
    const heard = transcripts.hear(pcm)
    if (heard.length === 0) {
      const { final } = profile
      const dueMs = Math.max(silenceMs, final.after === 'silence' ? final.silenceMs : 0)
      if (this.#words.length > 0 && transcripts.silentMs >= dueMs && !this.#isPlanned) this.#planFinal(() => undefined)
      return
    }
    this.#words.push(...heard)
    this.#wordsAtMs = clock.now()
    this.#finalDelayMs = drawMs(profile.final, chance)
    this.#plan++
    this.#isPlanned = false
    const phrase = this.#words
    const known = phrase.length
    this.#later(drawMs(profile.interim, chance), () => {
      if (this.#words !== phrase || known <= this.#known) return
      this.#known = known
      this.#told.interim(phrase.slice(0, known))
    })
  }

  /** No more sound comes: the words so far become final, and then `over` is called. */
  end(over: () => void): void {
    if (this.#words.length === 0) this.#later(NOTHING_MS, over)
    else this.#planFinal(over)
  }

  #planFinal(then: () => void): void {
    const { profile, clock } = this.#parts
    const sinceMs = profile.final.after === 'silence' ? 0 : clock.now() - this.#wordsAtMs
    const plan = ++this.#plan
    this.#isPlanned = true
    this.#later(Math.max(0, this.#finalDelayMs - sinceMs), () => {
      if (plan !== this.#plan) return
      const words = this.#words
      this.#words = []
      this.#known = 0
      this.#isPlanned = false
      this.#told.final(words)
      then()
    })
  }

  #later(ms: number, then: () => void): void {
    const { clock, signal } = this.#parts
    clock.sleep(ms, signal).then(then, () => undefined)
  }
}
