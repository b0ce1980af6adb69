import type { Speech } from '../../conversation/ports.ts'
import { lettersOf } from './spoken-so-far.ts'

/** So much of the text, by its letters or by the time that they take at least, must have come before nothing is owed. */
const MOST_OF_IT = 0.8
const LEAST_LETTER_MS = 40
/** Times of words are not exact. */
const SLACK_MS = 100
/** Longer sound than this after the last told word has words that were not told. */
const UNTOLD_MS = 1_000

/** How much of the text that one voice was given has sounded, as far as its sound and its words tell. */
export class SoundedText {
  #givenLetters = 0
  #soundedMs = 0
  /** What was told of: some voices tell words long before they sound. */
  readonly #told: { readonly letters: number; readonly endMs: number }[] = []

  get soundedMs(): number {
    return this.#soundedMs
  }

  give(text: string): void {
    this.#givenLetters += lettersOf(text).length
  }

  take(made: Speech): void {
    if (made.kind === 'audio') this.#soundedMs += (made.frame.pcm.length / made.frame.rateHz) * 1_000
    else for (const { text, endMs } of made.words) this.#told.push({ letters: lettersOf(text).length, endMs })
  }

  /** Whether too little has come for the text that was given. */
  get isShort(): boolean {
    const sounded = this.#told.filter(({ endMs }) => endMs <= this.#soundedMs + SLACK_MS)
    const told = sounded.reduce((sum, { letters }) => sum + letters, 0)
    const untoldMs = this.#soundedMs - Math.max(0, ...sounded.map(({ endMs }) => endMs))
    const isAllTold = told > 0 && untoldMs <= UNTOLD_MS
    return (isAllTold ? told : Math.max(told, this.#soundedMs / LEAST_LETTER_MS)) < this.#givenLetters * MOST_OF_IT
  }
}
