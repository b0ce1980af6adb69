import { FIGURES } from '../speech/continental-figures.ts'
import { fractionsInFigures } from '../speech/fractions-in-figures.ts'
import { cardinal, numberWords, oneBetween, ordinalStem, spelled, yearWords } from './number-words.ts'

const CODE =
  /((?<!\p{L})(?:\p{L}{0,20}(?:nummer|code|zeichen|zahl)|Code|PIN|Geheimzahl|Passwort|Konto|Zimmer|Flug|PLZ|Postleitzahl|Durchwahl|Ticket|Buchung|Bestellung|Rechnung|Vorgang)(?:[ :,]{1,2}(?:Nummer|Code|ist|lautet|war|mit|der|endet|auf)(?!\p{L})){0,3}[ :]{1,2})(\d{3,6})(?![\p{L}\d]|[.,:]\d)/giu
const RANGE = new RegExp(`(?<![\\p{L}\\d.,-])(${FIGURES}(?: ?%|°C?)?) ?[–—‒-] ?(?=${FIGURES}(?![\\d-]| =))`, 'gu')
const BY = /(?<=\d) ?x ?(?=\d)|(?<=\d \p{L}{4,12}) x (?=\d)/gu
const PER_CENT = /(?<![\p{L}\d.,])(\d{1,3}(?:,\d{1,3})?) ?%-?(?=ig)/gu
const MILLIONS = /(?<![\p{L}\d.,])1 (?:(Mio)|Mrd)\.?(?!\p{L})/gu
/** These are names, not fractions. */
const NAMES = /(?<![\w./])(?:24\/7|08\/15|(?:19|20)\d\d\/\d\d)(?![\w/])/g
const TIMES = /(?<![\p{L}\d.,])(\d{1,3}(?:,\d{1,2})?)-?(mal|fach(?:e[nrms]?)?)(?!\p{L})/gu
/** "4-stellig", "3-tägig". */
const COMPOUND = /(?<![\p{L}\d.,])(\d{1,3})-(?=\p{Ll}{4})/gu
const VERSION = /(?<![\d.])v?(\d+(?:\.\d+){2,})(?!\d)/giu
const IN_A_NAME = /(?<=\p{L})[-‑]?\d{3,}(?![,.]?\d)(?:-(?=\p{L}(?!\p{L})))?|(?<![\d.,])\d{3,}(?=\p{L})/gu
const APART = /(?<=\p{L})[-‑]?(?=\d)|(?<=\d)(?=\p{L})/gu
const PLAIN = new RegExp(`(?:(?<=^|[^\\p{L}\\d])[.,](?=\\d)\\d+|${FIGURES})`, 'gu')
const YEAR = /^(?:1[1-9]|20)\d\d$/
const ROUND_YEAR = /^1\d00$/
const ROUND_YEAR_OF = /(?<=(?<!\p{L})(?:Jahre?|seit|anno) )1[1-9]00(?!\d|[,.:]\d)/giu
/** So many digits are a code, not an amount, unless they are round. */
const LEAST_CODE_DIGITS = 5
const MOST_ROUND_DIGITS = 9

const FRACTION = /(?<![\w./,])(?:(\d{1,4}) )?(\d{1,4})[/⁄](\d{1,4})(?![\w/]|[.,]\d)/g

/** "drei Viertel", "zweieinhalb". */
export function fractionsInWords(text: string): string {
  return fractionsInFigures(text)
    .replace(NAMES, name => name.replace('/', ' '))
    .replace(FRACTION, (written, whole: string | undefined, top: string, bottom: string) => {
      const [over, under] = [Number(top), Number(bottom)]
      if (over <= 0 || over >= under || under > 100 || /^0/.test(top + bottom)) return written
      if (over === 1 && under === 2) return whole === undefined ? 'ein halb' : `${cardinal(whole, 'ein')}einhalb`
      const part = `${cardinal(top, 'ein')} ${capital(`${ordinalStem(bottom)}el`)}`
      return whole === undefined ? part : `${cardinal(whole)} und ${part}`
    })
}
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** "5–7" as "5 bis 7", "3x4" as "3 mal 4". What may be a date or a telephone number is in words already. */
export const rangesInWords = (text: string): string =>
  text
    .replace(MILLIONS, (_, million?: string) => (million ? 'eine Million' : 'eine Milliarde'))
    .replace(RANGE, '$1 bis ')
    .replace(BY, ' mal ')

/** "30 %ig" as one word, before its sign is read alone. */
export const perCentInWords = (text: string): string =>
  text.replace(PER_CENT, (_, number: string) => `${numberWords(number, 'ein')}prozent`)

/** All numbers that are left, as words: amounts, years, codes digit by digit. */
export function numbersInWords(text: string): string {
  return text
    .replace(CODE, (_, name: string, digits: string) => name + spelled(digits))
    .replace(VERSION, (_, numbers: string) =>
      numbers
        .split('.')
        .map(one => cardinal(one))
        .join(' Punkt '),
    )
    .replace(TIMES, (_, digits: string, what: string) => numberWords(digits, 'ein') + what)
    .replace(COMPOUND, (_, digits: string) => cardinal(digits, 'ein'))
    .replace(ROUND_YEAR_OF, yearWords)
    .replace(IN_A_NAME, written => {
      const digits = written.replace(/\D/g, '')
      return /^(?:19|20)\d\d$/.test(digits) ? written : ` ${spelled(digits)} `
    })
    .replace(APART, ' ')
    .replace(PLAIN, (written: string, at: number, all: string) => {
      const after = all.slice(at + written.length, at + written.length + 24)
      if (YEAR.test(written) && !ROUND_YEAR.test(written)) return yearWords(written)
      const isCode =
        /^\d+$/.test(written) &&
        written.length >= LEAST_CODE_DIGITS &&
        (!written.endsWith('00') || written.length > MOST_ROUND_DIGITS)
      if (isCode) return spelled(written)
      if (/^[.,]/.test(written)) return `null Komma ${spelled(written.slice(1))}`
      return numberWords(written, written === '1' ? oneBetween(all.slice(Math.max(0, at - 16), at), after) : 'eins')
    })
}
