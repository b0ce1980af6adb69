import type { Manner } from '../delivery.ts'
import type { Language } from '../language.ts'
import { AudibleText } from './audible-text.ts'
import { type Clause, mannerOf, splitAtSigns } from './manner-marks.ts'
import { Sentences } from './sentences.ts'

/** Letters are cut into clauses so many at a time, which bounds the work on one delta. */
const SLICE_LETTERS = 100

/** Cuts what the model writes for one part of a reply into clauses to say. Pure: a replay cuts the same text alike. */
export class Clauses {
  readonly #audible = new AudibleText({ marks: true })
  readonly #sentences: Sentences
  #manner: Manner | undefined
  #count = 0
  /** The last letter so far: a mark takes the space behind it along, and words on both sides of it stay apart. */
  #last = ' '

  constructor(language: Language) {
    this.#sentences = new Sentences(language)
  }

  /** Takes more text. Yields the clauses that each slice of it completes; most have none. */
  *push(written: string): Generator<readonly Clause[], void, undefined> {
    for (let at = 0; at < written.length; at += SLICE_LETTERS) {
      const ready = this.#cut(this.#audible.push(written.slice(at, at + SLICE_LETTERS)))
      this.#count += ready.length
      yield ready
    }
  }

  /** The last clauses, when the model has written all. A text that was cut ends with its last whole clause, if it has one. */
  rest(isCut: boolean): readonly Clause[] {
    const last = isCut ? [] : this.#cut(this.#audible.rest())
    const rest = this.#sentences.rest()
    const isWhole = !isCut || this.#count === 0
    return rest !== '' && isWhole ? [...last, this.#clause(rest)] : last
  }

  /** A mark in the middle of a sentence means nothing: it would tear the sentence in two. */
  #cut(heard: string): readonly Clause[] {
    const ready: Clause[] = []
    for (const [index, piece] of splitAtSigns(heard).entries()) {
      if (index % 2 === 0) ready.push(...this.#said(piece))
      else if (this.#sentences.isBetween) {
        const before = this.#sentences.rest()
        if (before !== '') ready.push(this.#clause(before))
        this.#manner = mannerOf(piece)
      } else if (!/\s$/.test(this.#last)) ready.push(...this.#said(' '))
    }
    return ready
  }

  #said(text: string): readonly Clause[] {
    this.#last = text.at(-1) ?? this.#last
    return this.#sentences.push(text).map(sentence => this.#clause(sentence))
  }

  #clause(text: string): Clause {
    return this.#manner === undefined ? { text } : { text, manner: this.#manner }
  }
}
