import type { JournalLine } from '../../conversation/lines.ts'

/** What may stand between the digits of a number that is written for people. */
const GAP = '[\\s().\\u00a0-]{0,3}'
/** A number with its country, which begins with a plus. */
const WITH_PLUS = new RegExp(`\\+[1-9](?:${GAP}\\d){6,14}(?!\\d)`, 'g')
/** So many of the last digits tell one number from another; what is before them may be written in several ways. */
const TELLING = 7
const MOST_BEFORE = 8
const SHOWN = 4

/** A number for listeners: the last four digits alone. */
export const maskedNumber = (number: string): string => `••• ••• ${number.replace(/\D/g, '').slice(-SHOWN)}`

/**
 * Takes numbers out of a text: all that are written with a plus, and the caller's, however it is written. What a caller
 * says in words stays.
 */
export function masking(caller: string | null): (text: string) => string {
  const own = caller?.replace(/\D/g, '') ?? ''
  const last = own.slice(-TELLING)
  const callers =
    last.length === TELLING
      ? new RegExp(`\\+?(?:\\d${GAP}){0,${MOST_BEFORE}}${[...last].join(GAP)}(?!\\d)`, 'g')
      : undefined
  return text => {
    if (!/\d/.test(text)) return text
    const without = text.replace(WITH_PLUS, maskedNumber)
    return callers ? without.replace(callers, maskedNumber) : without
  }
}

const LONG_NUMBER = new RegExp(`\\+?\\d(?:${GAP}\\d){${TELLING - 1},}`, 'g')

/** Takes all that could be a telephone number out of a text of staff, where it is not known whose it would be. */
export const withoutNumbers = (text: string): string => text.replace(LONG_NUMBER, maskedNumber)

/** Hides the numbers in a text; undefined for whoever may see them. */
export type Mask = ((text: string) => string) | undefined

/** Their texts come in pieces, and a number can be cut between two of them. */
const IN_PIECES: readonly string[] = ['delta', 'speech-words', 'digit']
/** The parts of a turn that grow until they are whole. */
const GROWING: readonly string[] = ['digits', 'interimWords']
const withoutDigits = (text: string): string => text.replace(/\d/g, '•')

/**
 * One line of a journal as JSON. Of what is not whole yet a listener is told no digit: the same words stand whole, and
 * masked, in later lines.
 */
export function maskedLine(line: JournalLine, mask: Mask): string {
  if (!mask) return JSON.stringify(line)
  const input = 'input' in line ? line.input : undefined
  const isPiece = input && (IN_PIECES.includes(input.kind) || (input.kind === 'words' && !input.final))
  if (isPiece) return maskedJson(line, withoutDigits)
  return JSON.stringify(line, (name, one: unknown) =>
    typeof one !== 'string' ? one : GROWING.includes(name) ? withoutDigits(one) : mask(one),
  )
}

/** The JSON of a value, with its texts masked. */
export const maskedJson = (value: unknown, mask: Mask): string =>
  JSON.stringify(value, mask && ((_name, one: unknown) => (typeof one === 'string' ? mask(one) : one)))
