import { cardinal, ordinal } from './number-words.ts'
import { clockWords } from './times.ts'

const MONTHS = `enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre`.split(' ')
const ISO =
  /(?<![\w.-])(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:(?:T| (?=\d\d:\d\d))(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w]|-\d)/g
const FIGURES = /(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/]|[.-]\d)/g
const DAY_AND_MONTH =
  /(?<=(?<!\p{L})(?:el|al|del|para|desde|hasta|este|próximo|lunes|martes|miércoles|jueves|viernes|sábado|domingo),? )(\d{1,2})[/-](\d{1,2})(?![\w/-])/giu
const SHORT_MONTH =
  /(?<![\p{L}\d.,:/-])(\d{1,2})(?: (?:de )?|[/-])(ene|feb|mar|abr|may|jun|jul|ago|sept?|set|oct|nov|dic)(?:\.|(?!\p{L}))(?:(?: (?:del? )?|[/-])(\d{4})(?![\d.,]\d))?/giu
const NAMED_DAYS = /(?<![\p{L}\d.,:/-])(\d{1,2}) ?[–—-] ?(?=\d{1,2} de \p{Ll})/gu
const FIRST = /(?<![\p{L}\d.,])1\.?[º°](?= de \p{Ll})/gu
const ORDINAL = /(?<![\p{L}\d.,])(\d{1,2}|100)(?:\.?([ºª])|\.?(er|ro|ra|do|da|to|ta|mo|ma|vo|va|no|na))(?![\p{L}\d])/gu

const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31
/** Of two digits from fifty on it is one of the last century. */
const fullYear = (digits: string): string =>
  digits.length === 4 ? digits : `${Number(digits) >= 50 ? '19' : '20'}${digits}`

function dateWords(day: string, month: number, year?: string): string {
  const ofYear = year === undefined ? '' : ` de ${cardinal(fullYear(year))}`
  return `${cardinal(String(Number(day)))} de ${MONTHS[month - 1]}${ofYear}`
}

/** Dates as they are said: "veintiséis de noviembre de dos mil veintiséis". Figures have the day first. */
export function datesInWords(text: string): string {
  return text
    .replace(ISO, (whole, year, _, month, day, hour, minute) => {
      if (!isDay(Number(month), Number(day))) return whole
      const time = hour === undefined ? '' : ` a ${Number(hour) === 1 ? 'la' : 'las'} ${clockWords(hour, minute)}`
      return dateWords(day, Number(month), year) + time
    })
    .replace(FIGURES, (whole: string, first: string, sign: string, second: string, year: string) => {
      if (sign === '.' && year.length === 2) return whole
      const [day, month] = Number(second) > 12 ? [second, first] : [first, second]
      return isDay(Number(month), Number(day)) ? dateWords(day, Number(month), year) : whole
    })
    .replace(DAY_AND_MONTH, (whole, day: string, month: string) =>
      isDay(Number(month), Number(day)) ? dateWords(day, Number(month)) : whole,
    )
    .replace(SHORT_MONTH, (whole, day: string, month: string, year?: string) => {
      const begins = month.toLowerCase().slice(0, 3).replace('set', 'sep')
      const number = MONTHS.findIndex(name => name.startsWith(begins)) + 1
      return isDay(number, Number(day)) ? dateWords(day, number, year) : whole
    })
    .replace(NAMED_DAYS, '$1 al ')
    .replace(FIRST, 'primero')
    .replace(ORDINAL, (whole, digits: string, sign?: string, letters?: string) => {
      if (Number(digits) === 0) return whole
      if (letters === 'er') return ordinal(digits, '')
      return ordinal(digits, sign === 'ª' || letters?.endsWith('a') ? 'a' : 'o')
    })
}

const DAYS: Readonly<Record<string, string>> = {
  ...{ lun: 'lunes', mar: 'martes', mié: 'miércoles', mie: 'miércoles', jue: 'jueves', vie: 'viernes' },
  ...{ sáb: 'sábado', sab: 'sábado', dom: 'domingo', l: 'lunes', v: 'viernes', s: 'sábado', d: 'domingo' },
}
const DAY = '(lun|mar|mi[eé]|jue|vie|s[aá]b|dom)'
const DAYS_TO = new RegExp(`(?<![\\p{L}\\p{N}])${DAY}\\.? ?[–—-] ?${DAY}(?![\\p{L}\\p{N}])\\.?`, 'giu')
const LETTERS_TO = /(?<![\p{L}\p{N}])L ?[–—-] ?([VSD])(?![\p{L}\p{N}])/gu
const DAY_BEFORE = new RegExp(`(?<![\\p{L}\\p{N}])${DAY}(?:\\.,?|,|(?= \\d{1,2}(?:[/-]| de )))(?= \\d)`, 'giu')
const IN_FULL = 'lunes|martes|miércoles|jueves|viernes|sábado|domingo'
const TWO_DAYS = new RegExp(
  `(?<![\\p{L}\\p{N}])${DAY}\\.?( y | o | a |, |/)${DAY}(?![\\p{L}\\p{N}])(?:\\.(?= ))?`,
  'giu',
)
const LETTERS_TOGETHER = /(?<![\p{L}\p{N}])L a ([VSD])(?![\p{L}\p{N}])/gu
const DAYS_IN_FULL = new RegExp(`(?<=(?<!\\p{L})(?:${IN_FULL})) ?[–—-] ?(?=(?:${IN_FULL})(?!\\p{L}))`, 'giu')

/** Weekdays in full: "lunes a viernes". */
export function weekdaysInWords(text: string): string {
  const day = (short: string): string => DAYS[short.toLowerCase()] ?? short
  return text
    .replace(DAYS_TO, (_, from: string, to: string) => `${day(from)} a ${day(to)}`)
    .replace(
      TWO_DAYS,
      (_, from: string, joint: string, to: string) => `${day(from)}${joint.replace('/', ' o ')}${day(to)}`,
    )
    .replace(LETTERS_TOGETHER, (_, to: string) => `lunes a ${day(to)}`)
    .replace(LETTERS_TO, (_, to: string) => `lunes a ${day(to)}`)
    .replace(DAY_BEFORE, (_, short: string) => `${day(short)},`)
    .replace(DAYS_IN_FULL, ' a ')
}
