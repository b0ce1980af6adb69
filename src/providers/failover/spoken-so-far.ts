import type { Clock, Speech, Word } from '../../conversation/ports.ts'

type Sound = Extract<Speech, { readonly kind: 'audio' }>['frame']

/** While so much of what was passed on has not been played yet, sound may wait for the end of its word. */
const LEAST_LEAD_MS = 300
/** A letter sounds about so long, where a voice has told no word yet. */
const LETTER_MS = 65
/** Times of words are not exact. */
const SLACK_MS = 30
/** A word is looked for among so many of the next letters: voices leave words out, and write some in another way. */
const AHEAD_LETTERS = 40
/** Between words there are pauses; longer sound than this without words has words that were not told. */
const UNTOLD_MS = 400

const lengthMs = ({ pcm, rateHz }: Sound): number => (pcm.length / rateHz) * 1_000
/** The letters and numbers of a text alone. */
export const lettersOf = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}]/gu) ?? []).join('')

/**
 * One speech, whoever speaks it. Sound is passed on to the end of a whole word, while the line has enough to play: where
 * a voice dies, the next one begins with a word. A word is passed on once all of its sound is.
 */
export class SpokenSoFar {
  readonly #clock: Clock
  #passedMs = 0
  #firstMs: number | undefined
  readonly #words: Word[] = []
  /** Of the voice that speaks now: where it began, what it has made, and what of that was not passed on yet. */
  #fromMs = 0
  #madeMs = 0
  #sound: Sound[] = []
  #told: Word[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get passedMs(): number {
    return this.#passedMs
  }

  /** When the line will have played all that was passed on, by the clock. */
  get playedOutMs(): number {
    return this.#firstMs === undefined ? this.#clock.now() : this.#firstMs + this.#passedMs
  }

  /** Another voice begins. What the one before has made beyond the last passed sound is never heard. */
  begin(): void {
    this.#sound = []
    this.#told = []
    this.#fromMs = this.#passedMs
    this.#madeMs = this.#passedMs
  }

  /** Takes what the voice has made; returns what can be passed on. */
  take(made: Speech): readonly Speech[] {
    if (made.kind === 'words') {
      const moved = made.words.map(({ text, startMs, endMs }) => ({
        ...{ text, startMs: startMs + this.#fromMs, endMs: endMs + this.#fromMs },
      }))
      this.#told.push(...moved)
      return this.#pass(this.#wholeUntilMs())
    }
    this.#sound.push(made.frame)
    this.#madeMs += lengthMs(made.frame)
    return this.#pass(this.#wholeUntilMs())
  }

  /** The voice is done: all of it is passed on. */
  end(): readonly Speech[] {
    const last = this.#pass(this.#madeMs)
    // Words may be dated a little after the sound's end.
    const words = this.#told.splice(0)
    this.#words.push(...words)
    return words.length === 0 ? last : [...last, { kind: 'words', words }]
  }

  /** Until when the sound that is held back may wait, by the clock; undefined if there is none. */
  get heldUntilMs(): number | undefined {
    return this.#sound.length === 0 ? undefined : this.playedOutMs - LEAST_LEAD_MS
  }

  /** The line has not much left to play: what is held back is passed on. */
  release(): readonly Speech[] {
    return this.#pass(this.#madeMs)
  }

  /** Until when sound may be passed on now. */
  #wholeUntilMs(): number {
    const lead = this.playedOutMs - this.#clock.now()
    if (lead < LEAST_LEAD_MS) return this.#madeMs
    const whole = this.#told.findLast(({ endMs }) => endMs <= this.#madeMs)
    return Math.max(this.#passedMs, whole?.endMs ?? this.#passedMs)
  }

  #pass(untilMs: number): readonly Speech[] {
    const frames: Sound[] = []
    const isAll = untilMs >= this.#madeMs
    for (let [frame] = this.#sound; frame; [frame] = this.#sound) {
      const { pcm, rateHz } = frame
      // Sums of fractions are never exact, and nothing may be left of what is passed on as a whole.
      const samples = isAll ? pcm.length : Math.round(((untilMs - this.#passedMs) / 1_000) * rateHz)
      if (samples <= 0 && !isAll) break
      if (samples >= pcm.length) this.#sound.shift()
      else this.#sound[0] = { pcm: pcm.subarray(samples), rateHz }
      const passed = { pcm: pcm.subarray(0, samples), rateHz }
      frames.push(passed)
      this.#passedMs += lengthMs(passed)
    }
    if (frames.length > 0) this.#firstMs ??= this.#clock.now()
    const count = this.#told.filter(({ endMs }) => endMs <= this.#passedMs + SLACK_MS).length
    const words = this.#told.splice(0, count)
    this.#words.push(...words)
    const sound = frames.map(frame => ({ kind: 'audio', frame }) as const)
    return words.length === 0 ? sound : [{ kind: 'words', words }, ...sound]
  }

  /**
   * Where in these pieces of text the sound that was passed on has ended: after the last word that was told, and after
   * those that must have sounded since. `words` are the latter, with times as good as can be known.
   */
  ended(pieces: readonly string[]): Place & { readonly words: readonly Word[] } {
    const bare = pieces.map(lettersOf).join('')
    let told = 0
    for (const { text } of this.#words) {
      const word = lettersOf(text)
      const found = bare.indexOf(word, told)
      told = Math.min(bare.length, (found !== -1 && found - told <= AHEAD_LETTERS ? found : told) + word.length)
    }
    const toldMs = this.#words.at(-1)?.endMs ?? 0
    const isTold = this.#words.length > 0
    const letterMs = isTold && told > 0 ? toldMs / told : LETTER_MS
    const untoldMs = this.#passedMs - toldMs
    const untold = untoldMs > (isTold ? UNTOLD_MS : 0) ? Math.floor(untoldMs / letterMs) : 0
    const { place, skipped } = placeAfter(pieces, told, Math.min(bare.length, told + untold))
    const eachMs = untoldMs / Math.max(1, skipped.length)
    const words = skipped.map((text, i) => ({ text, startMs: toldMs + i * eachMs, endMs: toldMs + (i + 1) * eachMs }))
    this.#words.push(...words)
    return { ...place, words }
  }
}

/** A letter of a piece of text. */
interface Place {
  readonly piece: number
  readonly letter: number
}

/** The beginning of the first word that is not in so many letters, and the words between those told and that one. */
function placeAfter(
  pieces: readonly string[],
  told: number,
  letters: number,
): { readonly place: Place; readonly skipped: readonly string[] } {
  const skipped: string[] = []
  let read = 0
  for (const [piece, text] of pieces.entries()) {
    for (const word of text.matchAll(/\S+/g)) {
      const count = lettersOf(word[0]).length
      // Signs alone belong to the word before them.
      const isSpoken = count === 0 ? read > 0 : read < letters
      if (!isSpoken) return { place: { piece, letter: word.index }, skipped }
      read += count
      if (count > 0 && read > told) skipped.push(word[0])
    }
  }
  return { place: { piece: pieces.length, letter: 0 }, skipped }
}
