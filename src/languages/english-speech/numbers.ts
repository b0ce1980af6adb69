import { cardinal, NUMBER, numberWords, ordinal, spelled, yearWords } from './number-words.ts'

const CODE_NAMES =
  'code|pin|passcode|password|reference|ref|confirmation|account|order|room|box|policy|member|routing|license|flight|extension|zip|ticket|invoice|booking|tracking|serial|number'
const CODE = new RegExp(
  `((?<!\\p{L})(?:${CODE_NAMES})(?:[ :,]{1,2}(?:number|code|id|is|was|ending|in|of)(?!\\p{L})){0,3}[ :]{1,2})(\\d{3,6})(?![\\p{L}\\d]|[.,:]\\d)`,
  'giu',
)
const ORDINAL = /(?<![\p{L}\d.])(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)(?![\p{L}\p{N}])/giu
const VERSION = /(?<![\d.])(?:(?<![\p{L}])v(?=\d))?(\d+(?:\.\d+){2,})(?!\d)/giu
const VERSION_SIGN = /(?<![\p{L}\p{N}])v(?=\d)/gu
const THOUSANDS = /(?<![\p{L}\d.,])(\d+(?:\.\d+)?)(k|M|bn)(?![\p{L}\p{N}])/gu
/** Other ways to write one number: "1.250,50", "1,5", "20 000". */
const CONTINENTAL = /(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+),(\d{1,2})(?!\d|[.,]\d)/g
const SPACED_THOUSANDS = /(?<![\d.,])(\d{1,3})((?: \d{3}){0,3}(?: 000){1,3})(?!\d| \d)/g
/** With zeros at the end it is no telephone number. */
const DOTTED_THOUSANDS = /(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3}){1,3}\.000(?!\d|\.\d)/g
const SCALES: Readonly<Record<string, string>> = {
  ...{ k: 'thousand', M: 'million', bn: 'billion' },
}
const RANGE = new RegExp(
  `(?<![\\p{L}\\d.,-])(${NUMBER}(?:st|nd|rd|th| ?[ap]\\.?m\\.?|%|°[CF]?)?) ?[–—‒-] ?(?=[$€£]?${NUMBER}(?![\\d-]| =))`,
  'giu',
)
const BY = /(?<=\d) ?x ?(?=\d)|(?<=\d ?\p{L}{1,3}) x (?=\d)/gu
const IN_A_NAME = /(?<=\p{L})[-‑]?\d{3,}(?![,.]?\d)(?:-(?=\p{L}(?!\p{L})))?|(?<![\d.,])\d{3,}(?=\p{L})/gu
const PLAIN = new RegExp(`(?:(?<=^|[^\\p{L}\\d])\\.(?=\\d)\\d+|${NUMBER})`, 'gu')
const APART = /(?<=\p{L})[-‑]?(?=\d)|(?<=\d)(?=\p{L})/gu
const YEAR = /^(?:19|20)\d\d$/
const OLD_YEAR =
  /(?<=\b(?:in|since|year|of|from|until|before|after|around|circa|by) )1[0-8]\d\d(?!\d|[,.:]\d|%|\p{L})/giu
/** So many digits without commas are a code, not an amount, unless they are round. */
const LEAST_CODE_DIGITS = 5
const MOST_ROUND_DIGITS = 9

/** Numbers as English writes them in figures: "1250.50" for "1.250,50". */
export function numbersInFigures(text: string): string {
  return text
    .replace(CONTINENTAL, (_, whole: string, decimals: string) => `${whole.replaceAll('.', '')}.${decimals}`)
    .replace(DOTTED_THOUSANDS, number => number.replaceAll('.', ''))
    .replace(SPACED_THOUSANDS, (_, first: string, more: string) => first + more.replaceAll(' ', ''))
}

/** "5–7" as "5 to 7", "3x4" as "3 by 4". What may be a date or a telephone number is in words already. */
export function rangesInWords(text: string): string {
  return text.replace(RANGE, '$1 to ').replace(BY, ' by ')
}

/** All numbers that are left, as words: amounts, years, codes digit by digit, "first", "MP three". */
export function numbersInWords(text: string): string {
  return text
    .replace(CODE, (_, name: string, digits: string) => name + spelled(digits))
    .replace(ORDINAL, (_, digits: string) => ordinal(digits.replaceAll(',', '')))
    .replace(
      VERSION,
      (whole, numbers: string) =>
        `${/^v/i.test(whole) ? 'version ' : ''}${numbers.split('.').map(cardinal).join(' point ')}`,
    )
    .replace(VERSION_SIGN, 'version ')
    .replace(THOUSANDS, (whole, number: string, scale: string) => `${number} ${SCALES[scale] ?? whole}`)
    .replace(OLD_YEAR, year => yearWords(year))
    .replace(IN_A_NAME, written => {
      const digits = written.replace(/\D/g, '')
      return YEAR.test(digits) ? written : ` ${spelled(digits)} `
    })
    .replace(APART, ' ')
    .replace(PLAIN, plainNumber)
}

function plainNumber(written: string): string {
  if (YEAR.test(written)) return yearWords(written)
  const isCode =
    /^\d+$/.test(written) &&
    written.length >= LEAST_CODE_DIGITS &&
    (!written.endsWith('00') || written.length > MOST_ROUND_DIGITS)
  return isCode ? spelled(written) : numberWords(written)
}
