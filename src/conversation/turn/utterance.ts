/** What the caller has said and keyed in the turn that is going on. */
export interface Said {
  /** Words that will not change any more. */
  readonly finals: string
  /** Words that were never made final, but answered all the same: a final of them may still come, and is not said twice. */
  readonly late: string
  /** Words that the next transcript replaces. */
  readonly interim: string
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

export const nothingSaid = (atMs: number): Said => ({
  finals: '',
  late: '',
  interim: '',
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
export const wordsOf = (said: Said): string => join(said.finals, said.late, said.interim)

/** The turn as the model is told it: the words, and the keys as words. */
export function textOf(said: Said): string {
  return join(wordsOf(said), said.digits === '' ? '' : `pressed ${[...said.digits].join(' ')}`)
}

/** Takes in one transcript. */
export function withWords(
  said: Said,
  words: { text: string; final: boolean; ended: boolean; complete?: number | undefined },
): Said {
  const text = words.text.trim()
  const complete = text === '' ? said.complete : words.complete
  // Late words come again, with more or fewer of them: then these are they. Others come after them.
  const again = text !== '' && comesAgain(said.late, text)
  const late = again ? '' : said.late
  if (!words.final) return { ...said, late, complete, interim: text, ended: words.ended || (said.ended && text === '') }
  const finals = join(said.finals, text === '' ? '' : late, text)
  return { ...said, late: text === '' ? late : '', complete, finals, interim: '', ended: words.ended }
}

/** More keys than anybody is asked for count for nothing. */
const MOST_DIGITS = 100

export const withDigit = (said: Said, digit: string): Said =>
  said.digits.length < MOST_DIGITS ? { ...said, digits: said.digits + digit } : said

/** The words as they stand are what is answered: no transcript takes them back. */
export const settled = (said: Said): Said =>
  said.interim === '' ? said : { ...said, late: join(said.late, said.interim), interim: '' }

function comesAgain(late: string, text: string): boolean {
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
