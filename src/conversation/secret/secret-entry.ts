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

/** The least and most digits of a secret number. */
export const LEAST_DIGITS = 4
export const MOST_DIGITS = 8
/** The try is over so long after the last key, or after the last spoken digit. */
const AFTER_KEY_MS = 2_000
const AFTER_WORD_MS = 1_500

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
export function withKey(entry: Entry, key: string, atMs: number): Entry {
  if (entry.isClosed) return entry
  if (key === '#') return digitsOf(entry) === '' ? entry : { ...entry, isClosed: true }
  if (key === '*') return { ...afterTry(entry), changedMs: atMs }
  if (!/^[0-9]$/.test(key)) return entry
  const keyed = entry.keyed + key
  return { ...entry, keyed, changedMs: atMs, isClosed: keyed.length >= MOST_DIGITS }
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
export function dueMs(entry: Entry): number | undefined {
  const { changedMs, keyed, isClosed } = entry
  if (changedMs === undefined) return undefined
  if (isClosed) return changedMs
  if (!isTry(entry)) return undefined
  return changedMs + (keyed === '' ? AFTER_WORD_MS : AFTER_KEY_MS)
}

/** Are there as many digits as a secret has at least? */
export const isTry = (entry: Entry): boolean => digitsOf(entry).length >= LEAST_DIGITS

/** A new try. Late words of the old try do not count in it. */
export const afterTry = (entry: Entry): Entry => ({ ...NO_ENTRY, isLate: entry.isLate || entry.interimWords !== '' })
