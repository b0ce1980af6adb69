import type { Language } from '../language.ts'
import type { Transcript } from '../ports.ts'
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

/** What a secret number looks like. */
export interface NumberForm {
  readonly leastDigits: number
  readonly mostDigits: number
  /** Whether these digits can be one; `before` are the numbers that were asked before it. Default: all can. */
  readonly fits?: (digits: string, before: readonly string[]) => boolean
}

/** The try is over so long after the last key, or after the last spoken digit. */
const AFTER_KEY_MS = 2_000
const AFTER_WORD_MS = 1_500
/** Digits that cannot be the number yet may go on: people look at a card between its groups. */
const UNFIT_MS = 4_000

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
  const digits = spokenDigits(text, language)
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
  if (!isTry(entry, form)) return undefined
  if (form.fits?.(digitsOf(entry), before) === false) return changedMs + UNFIT_MS
  return changedMs + (keyed === '' ? AFTER_WORD_MS : AFTER_KEY_MS)
}

/** Are there as many digits as the number has at least? */
export const isTry = (entry: Entry, { leastDigits }: NumberForm): boolean => digitsOf(entry).length >= leastDigits

/** A new try. Late words of the old try do not count in it. */
export const afterTry = (entry: Entry): Entry => ({ ...NO_ENTRY, isLate: entry.isLate || entry.interimWords !== '' })
