import { spelledInGroups } from '../speech/spelled-in-groups.ts'

const ONES = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/)
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const SCALES = ['', ' thousand', ' million', ' billion', ' trillion']
const ORDINALS: Readonly<Record<string, string>> = {
  ...{ one: 'first', two: 'second', three: 'third', five: 'fifth', eight: 'eighth', nine: 'ninth', twelve: 'twelfth' },
}
/** Longer numbers are said digit by digit. */
const MOST_DIGITS = 15

/** A number with or without commas and decimals, as a part of other patterns. It matches in linear time. */
export const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?`

/** "four two seven"; seven digits and more in groups, with a pause between them. */
export const spelled = (digits: string): string => spelledInGroups(digits, ONES)

/** The words of whole digits: "one thousand two hundred fifty". Zeros before a number are said too. */
export function cardinal(digits: string): string {
  if (digits.length > MOST_DIGITS || /^0\d/.test(digits)) return spelled(digits)
  const value = Number(digits)
  if (value === 0) return 'zero'
  const words: string[] = []
  for (let scale = SCALES.length - 1; scale >= 0; scale--) {
    const part = Math.floor(value / 1000 ** scale) % 1000
    if (part > 0) words.push(`${belowThousand(part)}${SCALES[scale]}`)
  }
  return words.join(' ')
}

function belowThousand(value: number): string {
  const hundreds = Math.floor(value / 100)
  const rest = value % 100
  const tens = TENS[Math.floor(rest / 10) - 2]
  const below = rest < 20 ? ONES[rest] : rest % 10 === 0 ? tens : `${tens}-${ONES[rest % 10]}`
  if (hundreds === 0) return below ?? ''
  return rest === 0 ? `${ONES[hundreds]} hundred` : `${ONES[hundreds]} hundred ${below}`
}

/** "twenty-sixth". */
export function ordinal(digits: string): string {
  const words = cardinal(digits)
  const last = /[a-z]+$/.exec(words)?.[0] ?? ''
  const nth = ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`)
  return words.slice(0, words.length - last.length) + nth
}

/** Four digits as a year: "nineteen oh five", "two thousand six", "twenty twenty-six". */
export function yearWords(digits: string): string {
  const [century, rest] = [digits.slice(0, 2), Number(digits.slice(2))]
  if (digits.startsWith('0') || /^[1-9]00/.test(digits)) return cardinal(digits)
  if (rest === 0) return `${cardinal(century)} hundred`
  return `${cardinal(century)} ${rest < 10 ? `oh ${ONES[rest]}` : cardinal(String(rest))}`
}

/** A number as it is written, with commas and decimals: "two thousand point five". */
export function numberWords(written: string): string {
  const [whole = '', decimals] = written.replaceAll(',', '').split('.')
  const words = cardinal(whole === '' ? '0' : whole)
  return decimals === undefined ? words : `${words} point ${spelled(decimals)}`
}

export const isOne = (written: string): boolean => written === '1'
