import type { Language } from '../language.ts'

/** What the caller has said and keyed in the turn that is going on. */
export interface Utterance {
  /** Words that will not change any more. */
  readonly finalWords: string
  /** Words that were never made final, but answered all the same: a final of them may still come, and is not said twice. */
  readonly late: string
  /** Words that the next transcript replaces. */
  readonly interimWords: string
  readonly digits: string
  /** The provider takes the utterance for finished. */
  readonly ended: boolean
  /** How likely it is, from 0 to 1, that the words so far are a complete turn; nothing where nobody judged. */
  readonly complete: number | undefined
  /** He trailed off, and was told to take his time. */
  readonly prompted: boolean
  /** Replies that were made ready for it so far. */
  readonly drafts: number
  /** He paused so long as if he were done, and makes a sound again; 0 where words have shown since whether he goes on. */
  readonly pausedMs: number
  readonly firstVoicedMs: number
  readonly lastVoicedMs: number
}

export const emptyUtterance = (atMs: number): Utterance => ({
  finalWords: '',
  late: '',
  interimWords: '',
  digits: '',
  ended: false,
  complete: undefined,
  prompted: false,
  drafts: 0,
  pausedMs: 0,
  firstVoicedMs: atMs,
  lastVoicedMs: atMs,
})

const join = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')

/** The words so far, final or not. */
export const wordsOf = (utterance: Utterance): string =>
  join(utterance.finalWords, utterance.late, utterance.interimWords)

/** The turn as the model is told it: the words, and the keys as words. */
export function textOf(utterance: Utterance, { pressed }: Language): string {
  return join(wordsOf(utterance), utterance.digits === '' ? '' : `${pressed} ${[...utterance.digits].join(' ')}`)
}

export const isEmpty = (utterance: Utterance): boolean => utterance.digits === '' && wordsOf(utterance) === ''

/** Takes in one transcript. */
export function withWords(
  utterance: Utterance,
  words: { text: string; final: boolean; ended: boolean; complete?: number | undefined },
): Utterance {
  const text = words.text.trim()
  const complete = text === '' ? utterance.complete : words.complete
  // Late words come again, with more or fewer of them: then these are they. Others come after them.
  const again = text !== '' && isRepeated(utterance.late, text)
  const late = again ? '' : utterance.late
  if (!words.final)
    return { ...utterance, late, complete, interimWords: text, ended: words.ended || (utterance.ended && text === '') }
  const finalWords = join(utterance.finalWords, text === '' ? '' : late, text)
  return { ...utterance, late: text === '' ? late : '', complete, finalWords, interimWords: '', ended: words.ended }
}

/** More keys than anybody is asked for count for nothing. */
const MOST_DIGITS = 100

export const withDigit = (utterance: Utterance, digit: string): Utterance =>
  utterance.digits.length < MOST_DIGITS ? { ...utterance, digits: utterance.digits + digit } : utterance

/** The words as they stand are what is answered: no transcript takes them back. */
export const settled = (utterance: Utterance): Utterance =>
  utterance.interimWords === ''
    ? utterance
    : { ...utterance, late: join(utterance.late, utterance.interimWords), interimWords: '' }

function isRepeated(late: string, text: string): boolean {
  const [before, now] = [bareText(late), bareText(text)]
  return before !== '' && (`${now} `.startsWith(`${before} `) || `${before} `.startsWith(`${now} `))
}

/** A text as it compares with another: without case, punctuation and curly apostrophes, which transcripts have late or never. */
export const bareText = (text: string): string =>
  (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}']+/gu) ?? []
  ).join(' ')
