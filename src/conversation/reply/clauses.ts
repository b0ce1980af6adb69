import type { Language } from '../language.ts'
import { AudibleText } from './audible-text.ts'
import { Sentences } from './sentences.ts'

/** Letters are cut into clauses so many at a time, which bounds the work on one delta. */
const SLICE_LETTERS = 100

/** Cuts what the model writes for one part of a reply into clauses to say. Pure: a replay cuts the same text alike. */
export class Clauses {
  readonly #audible = new AudibleText()
  readonly #sentences: Sentences
  #count = 0

  constructor(language: Language) {
    this.#sentences = new Sentences(language)
  }

  /** Takes more text. Yields the clauses that each slice of it completes; most have none. */
  *push(written: string): Generator<readonly string[], void, undefined> {
    for (let at = 0; at < written.length; at += SLICE_LETTERS) {
      const ready = this.#sentences.push(this.#audible.push(written.slice(at, at + SLICE_LETTERS)))
      this.#count += ready.length
      yield ready
    }
  }

  /** The last clauses, when the model has written all. A text that was cut ends with its last whole clause, if it has one. */
  rest(isCut: boolean): readonly string[] {
    const last = isCut ? [] : this.#sentences.push(this.#audible.rest())
    const rest = this.#sentences.rest()
    const isWhole = !isCut || this.#count === 0
    return rest !== '' && isWhole ? [...last, rest] : last
  }
}
