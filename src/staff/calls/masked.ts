import type { JournalLine } from '../../conversation/lines.ts'
import type { NumberWords } from './number-words.ts'

/** What may stand between the digits of a number that is written for people. */
const GAP = '[\\s().\\u00a0-]{0,3}'
/** A number with its country, which begins with a plus. */
const WITH_PLUS = new RegExp(`\\+[1-9](?:${GAP}\\d){6,14}(?!\\d)`, 'g')
/** So many of the last digits tell one number from another; what is before them may be written in several ways. */
const TELLING = 7
const MOST_BEFORE = 8
const SHOWN = 4
/** Digits in a row that may be a part of a number. */
const PART = new RegExp(`\\d(?:${GAP}\\d){2,}`, 'g')

/** A number for listeners: the last four digits alone. */
export const maskedNumber = (number: string): string => `••• ••• ${number.replace(/\D/g, '').slice(-SHOWN)}`

/** Hides the numbers in texts; undefined for whoever may see them. */
export type Mask =
  | {
      /**
       * All that are written with a plus, the caller's, however it is written, and long ones that are said in words.
       */
      text(text: string): string
      /** Of a text in which a number may begin that goes on in another one: also what may be a part of one. */
      part(text: string): string
      /** Of a word or a few: every digit, and every word for a number. */
      piece(text: string): string
      /** Of words of which a few come at a time. */
      words(some: readonly string[]): readonly string[]
    }
  | undefined

/** For calls of this caller. */
export function masking(caller: string | null, words: NumberWords): NonNullable<Mask> {
  const own = caller?.replace(/\D/g, '') ?? ''
  const last = own.slice(-TELLING)
  const callers =
    last.length === TELLING
      ? new RegExp(`\\+?(?:\\d${GAP}){0,${MOST_BEFORE}}${[...last].join(GAP)}(?!\\d)`, 'g')
      : undefined

  function inFigures(text: string): string {
    if (!/\d/.test(text)) return text
    const without = text.replace(WITH_PLUS, maskedNumber)
    return callers ? without.replace(callers, maskedNumber) : without
  }
  return {
    text: text => words.inText(inFigures(text)),
    part: text => words.inPart(inFigures(text).replace(PART, withoutDigits)),
    piece: text => withoutDigits(words.inPiece(text)),
    words: some => words.inWords(some).map(withoutDigits),
  }
}

const LONG_NUMBER = new RegExp(`\\+?\\d(?:${GAP}\\d){${TELLING - 1},}`, 'g')

/** Takes all that could be a telephone number out of a text of staff, where it is not known whose it would be. */
export const withoutNumbers = (text: string, words: NumberWords): string =>
  words.inText(text.replace(LONG_NUMBER, maskedNumber))

const withoutDigits = (text: string): string => text.replace(/\d/g, '•')
/** The model's text may be cut within a word. It stands whole in later lines. */
const withoutLetters = (text: string): string => text.replace(/[\p{L}\p{N}]/gu, '•')

/** The parts of a turn that grow until they are whole. */
const GROWING: readonly string[] = ['digits', 'interimWords']

/** How the texts of this line are hidden, by the name of their field. */
function maskFor(line: JournalLine, mask: NonNullable<Mask>): (text: string, name: string) => string {
  const input = 'input' in line ? line.input : undefined
  switch (input?.kind) {
    case 'delta':
      return (text, name) => (name === 'text' ? withoutLetters(text) : text)
    case 'digit':
      return mask.piece
    case 'words':
      return input.final ? mask.part : mask.piece
    default:
      return (text, name) => (GROWING.includes(name) ? mask.piece(text) : mask.text(text))
  }
}

/**
 * One line of a journal as JSON. Of what is not whole yet a listener is told nothing that may be a part of a number: the
 * same words stand whole, and masked, in later lines.
 */
export function maskedLine(line: JournalLine, mask: Mask): string {
  if (!mask) return JSON.stringify(line)
  if ('input' in line && line.input.kind === 'speech-words') {
    const texts = mask.words(line.input.words.map(({ text }) => text))
    const words = line.input.words.map((word, at) => ({ ...word, text: texts[at] }))
    return JSON.stringify({ ...line, input: { ...line.input, words } })
  }
  const masked = maskFor(line, mask)
  return JSON.stringify(line, (name, one: unknown) => (typeof one === 'string' ? masked(one, name) : one))
}

/** The JSON of a value, with its texts masked. */
export const maskedJson = (value: unknown, mask: Mask): string =>
  JSON.stringify(value, mask && ((_name, one: unknown) => (typeof one === 'string' ? mask.text(one) : one)))
