import type { Language } from '../language.ts'
import type { Transcript } from '../ports.ts'
import { bareText } from '../turn/utterance.ts'
import { spokenDigits } from './spoken-digits.ts'

/** One try at a secret number: what was keyed and said. Times are the Clock's. */
export interface Entry {
  readonly keyed: string
  /** The digits in the final words, and in the interim words. */
  readonly finalWords: string
  readonly interimWords: string
  /** When a digit last came. */
  readonly changedMs: number | undefined
  readonly isClosed: boolean
  /** The words up to the next final transcript belong to the try before. */
  readonly isLate: boolean
}

/** `part`: more must come. `maybe`: it may be whole, or go on. */
export type Judged = 'part' | 'maybe' | 'whole' | 'wrong'

/** What a secret number looks like. */
export interface NumberForm {
  /** The key that makes it so long ends the try. */
  readonly mostDigits: number
  /** What these digits are; `before` are the numbers that were asked before it. */
  readonly judge: (digits: string, before: readonly string[]) => Judged
}

/** A number of which only the length is known. */
export const ofLength = (least: number, most: number): NumberForm => ({
  mostDigits: most,
  judge: ({ length }) => (length < least ? 'part' : length > most ? 'wrong' : 'whole'),
})

/** The try is over so long after the last key, or after the last spoken digit. */
const AFTER_KEY_MS = 2_000
const AFTER_WORD_MS = 1_500
/** Where it may go on. */
const MAYBE_MS = 4_000
/** More digits before the number are no slip of the tongue. */
const MOST_SKIPPED = 4

export const NO_ENTRY: Entry = {
  keyed: '',
  finalWords: '',
  interimWords: '',
  changedMs: undefined,
  isClosed: false,
  isLate: false,
}

const spoken = ({ finalWords, interimWords }: Entry): string => finalWords + interimWords

/** The digits of the try. Keys win: a caller who keys the number may talk about something else. */
export const digitsOf = (entry: Entry): string => entry.keyed || spoken(entry)

/** The entry after a key: `#` ends the try, `*` starts it again. */
export function withKey(entry: Entry, key: string, atMs: number, { mostDigits }: NumberForm): Entry {
  if (entry.isClosed) return entry
  if (key === '#') return digitsOf(entry) === '' ? entry : { ...entry, isClosed: true }
  if (key === '*') return { ...afterTry(entry), changedMs: atMs }
  if (!/^[0-9]$/.test(key)) return entry
  const keyed = entry.keyed + key
  return { ...entry, keyed, changedMs: atMs, isClosed: keyed.length >= mostDigits }
}

/** The entry after a transcript. */
export function withSpoken(entry: Entry, { text, final }: Transcript, atMs: number, language: Language): Entry {
  if (entry.isLate) return { ...entry, isLate: !final }
  const all = spokenDigits(text, language)
  // "One moment please" is no number.
  const digits = all.length === 1 && bareText(text).includes(' ') ? '' : all
  const next = final
    ? { ...entry, finalWords: entry.finalWords + digits, interimWords: '' }
    : { ...entry, interimWords: digits }
  return spoken(next) === spoken(entry) ? next : { ...next, changedMs: atMs }
}

/** When the try is over if nothing more comes. Nothing while it is too short, unless the caller ended it. */
export function dueMs(entry: Entry, form: NumberForm, before: readonly string[]): number | undefined {
  const { changedMs, keyed, isClosed } = entry
  if (changedMs === undefined) return undefined
  if (isClosed) return changedMs
  switch (form.judge(digitsOf(entry), before)) {
    case 'part':
      return undefined
    case 'maybe':
      return changedMs + MAYBE_MS
    case 'whole':
    case 'wrong':
      return changedMs + (keyed === '' ? AFTER_WORD_MS : AFTER_KEY_MS)
  }
}

/**
 * The number in the digits of a try; undefined where there is none. Of what was said only the end may be it: "um, the one
 * on the back is one two three".
 */
export function numberIn(entry: Entry, { judge }: NumberForm, before: readonly string[]): string | undefined {
  const isNumber = (digits: string): boolean => ['maybe', 'whole'].includes(judge(digits, before))
  const all = digitsOf(entry)
  if (isNumber(all)) return all
  if (entry.keyed !== '') return undefined
  const ends = Array.from({ length: Math.min(all.length, MOST_SKIPPED) }, (_, at) => all.slice(at + 1))
  return ends.find(isNumber)
}

/** A new try. Late words of the old try do not count in it. */
export const afterTry = (entry: Entry): Entry => ({ ...NO_ENTRY, isLate: entry.isLate || entry.interimWords !== '' })
