import type { Guard } from '../../conversation/guard.ts'

export type { Guard, GuardedCall, TurnVerdict } from '../../conversation/guard.ts'

/** The digits of a payment card, also with spaces and hyphens, and with words of an answer around them. */
const LONG_NUMBER = /\b\d(?:[ -]?\d){11,18}\b/g
const EMAIL = /[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,5}/gu
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/g
const SHOWN_DIGITS = 4
const LUHN_LEAST = 13

/** Whether the check digit of a card's number is right (ISO/IEC 7812, annex B). */
export function isCardNumber(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits.length >= LUHN_LEAST && sum % 10 === 0
}

/** The model is told of payment cards, bank accounts and e-mail addresses only that there is one, with a card's last digits. */
export const hidesPrivateData = (): Guard => ({
  told: text =>
    text
      .replace(LONG_NUMBER, number => {
        const digits = number.replace(/\D/g, '')
        return isCardNumber(digits) ? `(a card that ends in ${digits.slice(-SHOWN_DIGITS)})` : number
      })
      .replace(IBAN, '(a bank account)')
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
  return { turn: text => (found.test(text) ? { kind: 'hand-off', agent, history } : undefined) }
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
