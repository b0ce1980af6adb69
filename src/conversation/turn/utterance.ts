import type { Language } from '../language.ts'
import { type BySpeaker, joined } from './speakers.ts'

/** What the caller has said and keyed in the current turn. */
export interface Utterance extends BySpeaker {
  /** Words that do not change any more. */
  readonly finalWords: string
  /** Words that were answered before they were final. Their final transcript may still come, and is not added again. */
  readonly late: string
  /** Words that the next transcript replaces. */
  readonly interimWords: string
  readonly digits: string
  /** The provider takes the utterance for finished. */
  readonly ended: boolean
  /** How likely (0 to 1) the words so far are a complete turn; undefined where nothing judged them. */
  readonly complete: number | undefined
  /** The caller was told to take their time. */
  readonly prompted: boolean
  /** How many drafts were made for it. */
  readonly drafts: number
  /** The pause between words that sounded complete and a new sound; 0 once words have shown whether they go on. */
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

/** The trimmed text of a transcript. Recognisers also send a full stop or a note sign alone: that is empty. */
export const wordedText = (text: string): string => (/[\p{L}\p{N}]/u.test(text) ? text.trim() : '')

/** The utterance after one transcript. */
export function withWords(
  utterance: Utterance,
  words: { text: string; final: boolean; ended: boolean; complete?: number | undefined } & BySpeaker,
): Utterance {
  const text = wordedText(words.text)
  const complete = text === '' ? utterance.complete : words.complete
  const [bare, before] = [bareText(text), bareText(utterance.late)]
  // A transcript that repeats the late words replaces them; another one follows them.
  const isAgain = begins(bare, before)
  const late = isAgain ? '' : utterance.late
  // One that repeats only their beginning leaves the rest: its own transcript may be yet to come.
  const isPart = !isAgain && begins(before, bare)
  if (!words.final) {
    const interimWords = isPart ? '' : text
    const ended = words.ended || (utterance.ended && interimWords === '')
    return { ...utterance, late, complete, interimWords, ended }
  }
  const told = isPart || text === '' ? '' : late
  const finalWords = lastOf(join(utterance.finalWords, told, text))
  const rest = isPart ? withoutBeginning(utterance.late, bare) : text === '' ? late : ''
  return {
    ...{ ...utterance, late: rest, complete, finalWords, interimWords: '', ended: words.ended },
    ...saidBy(utterance, { late: told, text, speakers: words.speakers }, finalWords),
  }
}

/** Who has said the final words, where that is known of all. Words of which it is not known are the last one's. */
function saidBy(
  before: Utterance,
  { late, text, speakers }: BySpeaker & { readonly late: string; readonly text: string },
  finalWords: string,
): BySpeaker {
  if (before.speakers === undefined && (speakers === undefined || before.finalWords !== '')) return {}
  const known = before.speakers ?? []
  const last = known.at(-1)?.speaker ?? speakers?.[0]?.speaker ?? 0
  const isWhole = speakers !== undefined && speakers.map(run => run.text).join(' ') === text
  const settledWords = late === '' ? [] : [{ speaker: last, text: late }]
  const now = isWhole ? speakers : [{ speaker: last, text }]
  const all = text === '' ? known : joined([...known, ...settledWords, ...now])
  return { speakers: all.map(run => run.text).join(' ') === finalWords ? all : undefined }
}

/** Who has said the words of a turn, as a message has it. Keys are nobody's. */
export function speakersOf(utterance: Utterance): BySpeaker {
  const { speakers = [], late, interimWords, digits } = utterance
  const last = speakers.at(-1)
  if (last === undefined || digits !== '') return {}
  const rest = join(late, interimWords)
  return { speakers: rest === '' ? speakers : joined([...speakers, { speaker: last.speaker, text: rest }]) }
}

/** Five minutes of speech without an answer, such as a television: only the last words count. */
const MOST_LETTERS = 4_000

/** The last words of a text that is too long. */
function lastOf(text: string): string {
  if (text.length <= MOST_LETTERS) return text
  const from = text.length - MOST_LETTERS
  return text.slice(text.indexOf(' ', from) + 1 || from)
}

/** More keys are ignored: no question asks for so many. */
const MOST_DIGITS = 100

export const withDigit = (utterance: Utterance, digit: string): Utterance =>
  utterance.digits.length < MOST_DIGITS ? { ...utterance, digits: utterance.digits + digit } : utterance

/** The utterance as it is answered: no later transcript removes its words. */
export const settled = (utterance: Utterance): Utterance =>
  utterance.interimWords === ''
    ? utterance
    : { ...utterance, late: join(utterance.late, utterance.interimWords), interimWords: '' }

/** Does the bare text begin with these bare words? */
export const begins = (text: string, beginning: string): boolean =>
  beginning !== '' && `${text} `.startsWith(`${beginning} `)

/** The words of the text that follow these bare words, with which it begins. */
export function withoutBeginning(text: string, beginning: string): string {
  const words = text.trim().split(/\s+/)
  let covered = 0
  let at = 0
  // Bare words are joined by single spaces, so one more than the letters of all is their length.
  while (at < words.length && covered - 1 < beginning.length) {
    const letters = bareText(words[at++] ?? '').length
    if (letters > 0) covered += letters + 1
  }
  return words.slice(at).join(' ')
}

/** The text without what transcripts write in different ways: lower case, no punctuation, straight apostrophes. */
export const bareText = (text: string): string =>
  (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}']+/gu) ?? []
  ).join(' ')
