import type { Language } from '../language.ts'
import { hasWords } from './has-words.ts'

/** A shorter first clause sounds clipped, and ends before the voice has more to say. */
const FIRST_CLAUSE_CHARS = 18
const LONGEST_CHARS = 240
/** Text without a space is cut here: web addresses are shorter. */
const LONGEST_WORD_CHARS = 1_000
/** So much of the text before a cut decides about it. */
const TAIL_CHARS = 80

const NUMBER_WITH_STOP = /(?<![\p{L}\p{N}.,])(?:\d{1,3}|[IVXL]{1,6})\.\s$/u

/** Whether the text is cut at a space: yes, before its last word, no, or not known before the next character. */
type Verdict = 'here' | 'before the word' | 'no' | 'wait'

/**
 * Cuts a stream of text into pieces to speak. The first is a clause, so that the voice starts early; then come whole
 * sentences, because they sound better. The pieces joined are the text, without what has nothing to voice at its end.
 * Takes linear time, however the text comes.
 */
export class Sentences {
  #rest = ''
  /** The spaces before this place of the rest are no ends. */
  #scanned = 0
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
      const piece = this.#rest.slice(0, end)
      this.#rest = this.#rest.slice(end)
      this.#scanned = 0
      if (!hasWords(piece)) continue
      pieces.push(piece)
      this.#first = false
    }
    return pieces
  }

  /** Nothing has begun that is not whole. */
  get isBetween(): boolean {
    return /^\s*$|[.!?…:]["'”’)»\]]*\s*$/.test(this.#rest.slice(-TAIL_CHARS))
  }

  /** The last piece, when the text has ended; empty if it has nothing to voice. */
  rest(): string {
    const rest = this.#rest
    this.#rest = ''
    this.#scanned = 0
    return hasWords(rest) ? rest : ''
  }

  /** The length of the first piece; 0 if it is not complete. */
  #end(): number {
    const rest = this.#rest
    while (true) {
      const found = rest.slice(this.#scanned, LONGEST_CHARS).search(/\s/)
      if (found < 0) break
      const space = this.#scanned + found
      const verdict = this.#verdict(space)
      if (verdict === 'wait') return 0
      const end = verdict === 'here' ? space + 1 : verdict === 'before the word' ? wordStart(rest, space) : 0
      if (end > 0 && isWorthSaying(rest.slice(0, end))) return end
      this.#scanned = space + 1
    }
    return rest.length > LONGEST_CHARS ? forcedEnd(rest) : 0
  }

  #verdict(space: number): Verdict {
    const { sentence, abbreviation, beforeNumber, ordered, clause, opensPhrase, numberGoesOn, address } = this.#cuts
    const tail = this.#rest.slice(Math.max(0, space + 1 - TAIL_CHARS), space + 1)
    const next = this.#rest[space + 1]
    if (/\d[,:;–—-]\s$|\d\s[–—-]\s$/.test(tail)) {
      if (next === undefined) return 'wait'
      if (/\d/.test(next)) return 'no'
    }
    if (/\s\.\s$/.test(tail)) {
      if (next === undefined) return 'wait'
      if (next === '.') return 'no'
    }
    if (ordered.size > 0 && NUMBER_WITH_STOP.test(tail)) {
      const word = /^\p{L}*/u.exec(this.#rest.slice(space + 1, space + 1 + TAIL_CHARS))?.[0] ?? ''
      if (space + 1 + word.length === this.#rest.length) return 'wait'
      if (ordered.has(word)) return 'no'
    }
    if (sentence.test(tail) && !abbreviation.test(tail)) {
      if (!beforeNumber.test(tail)) return 'here'
      if (next === undefined) return 'wait'
      if (!/\d/.test(next)) return 'here'
    }
    if (tail.endsWith('\n')) {
      if (next === undefined) return 'wait'
      if (!/\p{Ll}/u.test(next)) return 'here'
    }
    if (!this.#first) return 'no'
    if (space + 1 >= FIRST_CLAUSE_CHARS && clause.test(tail) && !address.test(tail)) return 'here'
    const start = wordStart(this.#rest, space)
    const isOpening = start >= FIRST_CLAUSE_CHARS && opensPhrase.has(this.#rest.slice(start, space))
    if (!isOpening || numberGoesOn.test(tail)) return 'no'
    return address.test(tail.slice(0, start - space - 1)) ? 'no' : 'before the word'
  }
}

/** Where the word before a space begins. */
function wordStart(text: string, space: number): number {
  let start = space
  while (start > 0 && space - start < TAIL_CHARS && !/\s/.test(text[start - 1] ?? '')) start--
  return start
}

/** The number of a list is said together with its item. */
const isWorthSaying = (piece: string): boolean => hasWords(piece) && !/^\W*\d{1,3}[.)]\s*$/.test(piece)

/** Where a text without an end is cut: at its last space that does not part two numbers, or inside its endless word. */
function forcedEnd(text: string): number {
  const spaces = [...text.slice(0, LONGEST_CHARS).matchAll(/(?<!\d)\s|\s(?!\d)/g)]
  const last = spaces.findLast(({ index }) => index > 0)
  if (last) return last.index + 1
  const space = text.slice(0, LONGEST_WORD_CHARS).search(/(?<=\S)\s/)
  if (space > 0) return space + 1
  if (text.length <= LONGEST_WORD_CHARS) return 0
  const isInsideCharacter = /[\uD800-\uDBFF]/.test(text[LONGEST_WORD_CHARS - 1] ?? '')
  return LONGEST_WORD_CHARS - (isInsideCharacter ? 1 : 0)
}
