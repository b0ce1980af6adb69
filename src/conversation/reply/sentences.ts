import type { Language } from '../language.ts'

/** A shorter first clause sounds clipped, and ends before the voice has more to say. */
const FIRST_CLAUSE_CHARS = 18
const LONGEST_CHARS = 240

/**
 * Cuts a stream of text into pieces to speak. The first is a clause, so that the voice starts early; then come whole
 * sentences, because they sound better. The pieces joined are exactly the text.
 */
export class Sentences {
  #rest = ''
  #first = true
  readonly #cuts: Language['cuts']

  constructor({ cuts }: Language) {
    this.#cuts = cuts
  }

  /** Takes more text, and returns the pieces that are now complete. */
  push(text: string): readonly string[] {
    this.#rest += text
    const pieces: string[] = []
    for (let end = this.#end(); end > 0; end = this.#end()) {
      pieces.push(this.#rest.slice(0, end))
      this.#rest = this.#rest.slice(end)
      this.#first = false
    }
    return pieces
  }

  /** The last piece, when the text has ended. */
  rest(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest.trim() === '' ? '' : rest
  }

  #end(): number {
    const ends = [...this.#rest.matchAll(this.#cuts.sentence)]
      .map(match => match.index + match[0].length)
      .filter(end => !this.#cuts.abbreviation.test(this.#rest.slice(0, end)))
    if (this.#first) {
      const clauses = [...this.#rest.matchAll(this.#cuts.clause)].map(match => match.index + match[0].length)
      ends.push(...clauses.filter(end => end >= FIRST_CLAUSE_CHARS))
    }
    if (ends.length > 0) return Math.min(...ends)
    return this.#rest.length > LONGEST_CHARS ? this.#rest.lastIndexOf(' ') + 1 : 0
  }
}
