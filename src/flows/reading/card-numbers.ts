import { isCardNumber } from '../../agents/author/guard.ts'
import type { Judged } from '../../conversation/secret/secret-entry.ts'

/** How long the numbers of an issuer are, by how they begin: American Express, Diners, Visa, Mastercard, Discover. */
const LENGTHS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^3[47]/, [15]],
  [/^3[0689]/, [14, 16, 19]],
  [/^4/, [16, 19]],
  [/^(?:5[1-5]|2[2-7])/, [16]],
  [/^(?:6011|6[45])/, [16, 19]],
]

/** What these digits are of a card's number. One in ten numbers is right up to its thirteenth digit, too: the issuer tells. */
export function judgedCard(digits: string): Judged {
  const lengths = LENGTHS.find(([begins]) => begins.test(digits))?.[1]
  const isRight = isCardNumber(digits)
  if (lengths === undefined) {
    // Of others, such as Maestro, any length may be whole.
    if (digits.length < 13) return 'part'
    if (isRight) return digits.length < 16 ? 'maybe' : 'whole'
    return digits.length < 16 ? 'part' : 'wrong'
  }
  if (digits.length < Math.min(...lengths)) return 'part'
  return isRight && lengths.includes(digits.length) ? 'whole' : 'wrong'
}

/** A month, as 1 to 12, and a year, as 2029. */
export interface Expiry {
  readonly month: number
  readonly year: number
}

/** As `0329`, `329`, `032029` or `32029`; undefined where it is no month of a year. */
export function expiryIn(digits: string): Expiry | undefined {
  const [, month = '', year = ''] = /^(0?[1-9]|1[0-2])(\d\d|20\d\d)$/.exec(digits) ?? []
  return month === '' ? undefined : { month: Number(month), year: 2_000 + (Number(year) % 2_000) }
}

/** What these digits are of a date to come, of at most twenty years. A card is valid until the end of its month. */
export function judgedExpiry(digits: string, now: Date): Judged {
  const expiry = expiryIn(digits)
  const isToCome = (one: Expiry): boolean => {
    // The month ends later in the west.
    const endsMs = Date.UTC(one.year, one.month, 1) + 86_400_000
    return endsMs > now.getTime() && one.year <= now.getUTCFullYear() + 20
  }
  // 0320 may become 032029, and 122 may become 1229.
  const mayGoOn = digits.length < 3 || (digits.length < 6 && /^(?:0?[1-9]|1[0-2])(?:\d|20\d?)$/.test(digits))
  if (expiry && isToCome(expiry)) return mayGoOn || digits.length === 3 ? 'maybe' : 'whole'
  return mayGoOn ? 'part' : 'wrong'
}
