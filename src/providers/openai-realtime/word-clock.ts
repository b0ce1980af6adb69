import { loudnessDb } from '../../audio/loudness.ts'
import type { Word } from '../../conversation/ports.ts'

/** A voice says some sixteen letters a second, without its pauses. */
const USUAL_LETTER_MS = 62
const FASTEST_LETTER_MS = 25
const SLOWEST_LETTER_MS = 180
/** Until the sound is whole a word is said to be heard a little late, rather than too early. */
const CAUTION = 1.1
/** A word lasts as its letters do, and one more; a digit is a word of its own. */
const LETTERS_OF_DIGIT = 4
const QUIET_DB = -45
const BLOCK_MS = 20
/** A clause ends in a pause of this length, if there is one so near to where it should end. */
const PAUSE_MS = 100
const PAUSE_WITHIN_MS = 400

interface Spoken {
  readonly text: string
  /** In letters from the speech's beginning. */
  readonly from: number
  readonly to: number
}

/**
 * Times of words in a speech of which neither they nor the ends of its clauses are told. Letters are laid over the sound
 * that is no pause: once all is there evenly, before that by how fast voices usually speak.
 */
export class WordClock {
  readonly #rateHz: number
  readonly #words: Spoken[] = []
  /** The end of each voiced block, in ms of the speech. */
  readonly #voicedMs: number[] = []
  #rest = new Int16Array(0)
  #soundMs = 0
  #letters = 0
  #told = 0
  #lastEndMs = 0

  constructor(rateHz: number) {
    this.#rateHz = rateHz
  }

  /** More of the text that the sound says. */
  addText(text: string): void {
    for (const word of text.split(/\s+/u).filter(part => part !== '')) {
      const from = this.#letters
      this.#letters += lettersOf(word)
      this.#words.push({ text: word, from, to: this.#letters })
    }
  }

  addSound(pcm: Int16Array): void {
    const block = Math.round((BLOCK_MS / 1_000) * this.#rateHz)
    const sound = new Int16Array(this.#rest.length + pcm.length)
    sound.set(this.#rest)
    sound.set(pcm, this.#rest.length)
    let at = 0
    for (; at + block <= sound.length; at += block) {
      this.#soundMs += BLOCK_MS
      if (loudnessDb(sound.subarray(at, at + block)) > QUIET_DB) this.#voicedMs.push(this.#soundMs)
    }
    this.#rest = sound.slice(at)
  }

  /** How long the text so far usually lasts. */
  get usualMs(): number {
    return this.#letters * USUAL_LETTER_MS
  }

  /** The letters of the text so far, as they count here. */
  get letters(): number {
    return this.#letters
  }

  /**
   * The words that may be heard up to this time of the speech. `ofLetters`: once all of the sound is there, the letters
   * that it says.
   */
  upTo(ms: number, ofLetters: number | undefined): readonly Word[] {
    const due: Word[] = []
    for (let word = this.#words[this.#told]; word; word = this.#words[this.#told]) {
      const endMs = this.#atMs(word.to, ofLetters)
      if (endMs > ms) break
      const startMs = Math.max(this.#lastEndMs, Math.min(endMs, this.#atMs(word.from, ofLetters)))
      const lastMs = Math.max(startMs, endMs)
      due.push({ text: word.text, startMs, endMs: lastMs })
      this.#lastEndMs = lastMs
      this.#told++
    }
    return due
  }

  /** The text that was not told yet. None of it is told any more. */
  left(): string {
    const left = this.#words.slice(this.#told).map(({ text }) => text)
    this.#told = this.#words.length
    return left.join(' ')
  }

  /** The words that are left, where the sound ends here. */
  rest(endMs: number): readonly Word[] {
    const left = this.#words.slice(this.#told)
    this.#told = this.#words.length
    const fromMs = Math.min(this.#lastEndMs, endMs)
    this.#lastEndMs = endMs
    return left.map(({ text }, i) => {
      const at = (index: number): number => fromMs + ((endMs - fromMs) * index) / left.length
      return { text, startMs: at(i), endMs: at(i + 1) }
    })
  }

  /** Where the text so far ends, in the pause that is near; Infinity where the sound does not go so far. */
  endMs(ofLetters: number | undefined): number {
    const atMs = this.#atMs(this.#letters, ofLetters)
    if (atMs === Number.POSITIVE_INFINITY) return atMs
    const from = this.#voicedMs.findIndex(ms => ms > atMs - PAUSE_WITHIN_MS)
    const isPause = (ms: number, index: number): boolean => {
      const next = this.#voicedMs[index + 1]
      return index >= from && next !== undefined && next - ms >= PAUSE_MS && ms < atMs + PAUSE_WITHIN_MS
    }
    return this.#voicedMs.find(isPause) ?? atMs
  }

  /** When so many letters have been said. Of sound that is not there yet, it is not known; of all, its end. */
  #atMs(letters: number, ofLetters: number | undefined): number {
    const voicedMs = letters * this.#letterMs(ofLetters)
    const at = this.#voicedMs[Math.max(0, Math.ceil(voicedMs / BLOCK_MS) - 1)]
    if (at !== undefined || ofLetters === undefined) return at ?? Number.POSITIVE_INFINITY
    return this.#voicedMs.at(-1) ?? this.#soundMs
  }

  #letterMs(ofLetters: number | undefined): number {
    if (ofLetters === undefined) return USUAL_LETTER_MS * CAUTION
    const measuredMs = (this.#voicedMs.length * BLOCK_MS) / Math.max(1, ofLetters)
    return Math.min(SLOWEST_LETTER_MS, Math.max(FASTEST_LETTER_MS, measuredMs))
  }
}

/** How long a text is, by what takes time to say. */
export const lettersIn = (text: string): number => text.split(/\s+/u).reduce((sum, word) => sum + lettersOf(word), 0)

function lettersOf(word: string): number {
  if (word === '') return 0
  let letters = 1
  for (const letter of word) {
    if (/\p{N}/u.test(letter)) letters += LETTERS_OF_DIGIT
    else if (/\p{L}/u.test(letter)) letters += 1
  }
  return letters
}
