import type { Prompt } from '../ports.ts'

/**
 * Asks for the rest of an answer of which `said` was passed on already. What was said is data: it may hold words that a
 * tool or a caller has put there.
 */
export function continuing(prompt: Prompt, said: string): Prompt {
  const told = `The answer to the caller's last words, as far as it was said:\n${said.trim()}`
  return {
    ...prompt,
    instructions: `${prompt.instructions}\n\n${GO_ON}`,
    context: prompt.context === undefined ? told : `${prompt.context}\n\n${told}`,
  }
}

const GO_ON =
  'Your answer to the last words of the caller was cut off. The context has what the caller was told of it. Go on exactly after its last word, in the same sentence. Do not repeat anything of it, do not apologise, and do not begin anew. If it was complete, write nothing.'

/** So many words of what was said are compared. */
const MOST_WORDS = 600
/** After a whole sentence, fewer words may be the same by chance. */
const LEAST_AFTER_SENTENCE = 3
/** A model that begins anew says so many words again at least. */
const LEAST_RESTARTED = 4

/** Empty for signs, and for a note in brackets, such as a manner, which is written and never said. */
const bareOf = (word: string): string =>
  /^\[\p{L}+\]$/u.test(word) ? '' : (word.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join('')

/**
 * Takes the rest of an answer, piece by piece, and leaves out what was said already: models begin anew, or with the last
 * words. Words are passed on as soon as they cannot be a repetition any more.
 */
export class Continuation {
  readonly #said: readonly string[]
  readonly #isSentence: boolean
  readonly #needsSpace: boolean
  /** What was not passed on yet. */
  #held = ''
  /** Its whole words so far, with the letter of `#held` after which each ends. */
  #words: { readonly bare: string; readonly end: number }[] = []
  #read = 0
  /** Where in what was said they may come from. */
  #places: readonly number[] | undefined
  /** The words so far that end exactly where the answer was cut. */
  #overlap = 0
  #isDecided = false

  constructor(said: string) {
    this.#said = said
      .split(/\s+/)
      .map(bareOf)
      .filter(word => word !== '')
      .slice(-MOST_WORDS)
    this.#isSentence = /[.!?…]["')\]]*\s*$/.test(said)
    this.#needsSpace = !/\s$/.test(said)
  }

  /** Returns what can be passed on. */
  push(text: string): string {
    if (this.#isDecided) return text
    this.#held += text
    return this.#readWords(false)
  }

  /** The answer is over: returns the rest of it. */
  end(): string {
    return this.#isDecided ? '' : this.#readWords(true)
  }

  #readWords(isEnd: boolean): string {
    // From where a word begins alone: one without an end would be gone through once for each of its letters.
    const pattern = isEnd ? /\S+/g : /(?<!\S)\S+(?=\s)/g
    pattern.lastIndex = this.#read
    for (let found = pattern.exec(this.#held); found; found = pattern.exec(this.#held)) {
      this.#read = pattern.lastIndex
      const bare = bareOf(found[0])
      if (bare === '') continue
      this.#words.push({ bare, end: this.#read })
      if (!this.#isRepeating(bare)) return this.#decide(false)
    }
    return isEnd ? this.#decide(true) : ''
  }

  #isRepeating(bare: string): boolean {
    const count = this.#words.length
    const places = this.#places?.filter(place => this.#said[place + count - 1] === bare)
    const alive = places ?? this.#said.flatMap((word, place) => (word === bare ? [place] : []))
    if (alive.some(place => place + count === this.#said.length)) this.#overlap = count
    this.#places = alive.filter(place => place + count < this.#said.length)
    return this.#places.length > 0
  }

  #decide(isEnd: boolean): string {
    this.#isDecided = true
    const isEnough = this.#overlap >= (this.#isSentence ? LEAST_AFTER_SENTENCE : 1)
    // The last word read has ended the repetition, unless the answer ended within it.
    const repeated = this.#words.length - (isEnd && (this.#places?.length ?? 0) > 0 ? 0 : 1)
    const isAnew = repeated >= LEAST_RESTARTED
    const left = isEnough ? this.#overlap : isAnew ? repeated : 0
    const rest = this.#held.slice(left === 0 ? 0 : this.#words[left - 1]?.end).trimStart()
    this.#held = ''
    return rest !== '' && this.#needsSpace ? ` ${rest}` : rest
  }
}

/** No word is longer; languages without spaces are passed on in such pieces. */
const LONGEST_WORD = 40

/**
 * Passes text on in whole words: where an answer is cut off, the next model goes on with a word, and not with its second
 * half.
 */
export class WholeWords {
  #held = ''

  push(text: string): string {
    const all = this.#held + text
    const at = Math.max(all.search(/\S*$/), all.length - LONGEST_WORD)
    this.#held = all.slice(at)
    return all.slice(0, at)
  }

  end(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }
}
