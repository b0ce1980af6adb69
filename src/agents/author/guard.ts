import type { Guard } from '../../conversation/guard.ts'

export type { Guard, GuardedCall, TurnVerdict } from '../../conversation/guard.ts'

/** Digits in a row, also with spaces and hyphens between: a card may stand in them beside its date and code. */
const DIGITS = /\d(?:[ -]?\d){12,59}/g
const EMAIL = /[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,5}/gu
const IBAN = /\b[a-z]{2} ?\d{2}(?: ?[a-z\d]{4}){2,7}(?: ?[a-z\d]{1,3})?\b/gi
const SHOWN_DIGITS = 4
/** ISO/IEC 7812: a card has so many digits. */
const CARD_DIGITS = { least: 13, most: 19 }

/** Whether the check digit of a card's number is right (ISO/IEC 7812, annex B). */
export function isCardNumber(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits.length >= CARD_DIGITS.least && digits.length <= CARD_DIGITS.most && sum % 10 === 0
}

/** The lengths of cards, those of most cards first: one number of ten fits the check by chance. */
const LENGTHS = [16, 15, 14, 13, 19, 18, 17]
/** The first digits that banks and travel have. */
const ISSUED = /^[2-6]/

/** The row with its first card, if there is one, named and not told. */
function withoutCard(row: string): string {
  const places = [...row.matchAll(/\d/g)].map(({ index }) => index)
  for (const length of LENGTHS)
    for (let from = 0; from + length <= places.length; from++) {
      const [start = 0, end = 0] = [places[from], places[from + length - 1]]
      const digits = row.slice(start, end + 1).replace(/\D/g, '')
      if (!isCardNumber(digits) || !ISSUED.test(digits)) continue
      return `${row.slice(0, start)}(a card that ends in ${digits.slice(-SHOWN_DIGITS)})${row.slice(end + 1)}`
    }
  return row
}

/** Whether the check digits of an IBAN are right (ISO 13616). */
function isAccount(text: string): boolean {
  const plain = text.replaceAll(' ', '').toUpperCase()
  const digits = `${plain.slice(4)}${plain.slice(0, 4)}`.replace(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

/** The model is told of payment cards, bank accounts and e-mail addresses only that there is one, with a card's last digits. */
export const hidesPrivateData = (): Guard => ({
  told: text =>
    text
      .replace(IBAN, account => (isAccount(account) ? '(a bank account)' : account))
      .replace(DIGITS, withoutCard)
      .replace(EMAIL, '(an e-mail address)'),
})

/** A turn in which one of these words or phrases stands is answered with `say`, and the model is not asked. */
export function refusesTopics(topics: readonly string[], say: string): Guard {
  const found = wordsPattern(topics)
  return { turn: text => (found.test(text) ? { kind: 'say', words: say } : undefined) }
}

/** A turn in which one of these words or phrases stands is given to another agent. */
export function handsOver(topics: readonly string[], agent: string, history: 'whole' | 'none' = 'whole'): Guard {
  const found = wordsPattern(topics)
  return { to: agent, turn: text => (found.test(text) ? { kind: 'hand-off', agent, history } : undefined) }
}

/** A turn in which one of these words or phrases stands is given to a person. */
export function toPersonAt(topics: readonly string[]): Guard {
  const found = wordsPattern(topics)
  return { turn: text => (found.test(text) ? { kind: 'to-person', brief: text } : undefined) }
}

/** These words of the model are not said: `instead` stands for each. */
export function leavesOut(words: readonly string[], instead = ''): Guard {
  const found = wordsPattern(words, 'giu')
  return {
    clause: text =>
      text
        .replace(found, instead)
        .replace(/ {2,}/g, ' ')
        .replace(/ (?=[,.!?])/g, '')
        .trimStart(),
  }
}

/** Whole words, whatever their case and the space between them. */
function wordsPattern(words: readonly string[], flags = 'iu'): RegExp {
  const escaped = words.map(word =>
    word
      .trim()
      .split(/\s+/)
      .map(part => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
      .join('\\s+'),
  )
  if (escaped.some(word => word === '') || escaped.length === 0) throw new Error('a guard needs words to look for')
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, flags)
}
