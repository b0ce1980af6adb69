import { cardinal, ordinal, yearWords } from './number-words.ts'
import { hourInWords } from './times.ts'

const MONTHS = `January February March April May June July August September October November December`.split(' ')
const MONTH =
  '(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)(?:\\.(?=,? \\d| [a-z]))?'
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?'

const ISO =
  /(?<![\w.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:T| (?=\d\d:\d\d))(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w]|-\d)/g
const FIGURES = /(?<![\w./-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/]|[.-]\d)/g
const DUE = /\b((?:on|by|due|until|till|before|after|since|from) )(\d{1,2})\/(\d{1,2})(?![\w/])/gi
const MONTH_DAYS = new RegExp(`\\b${MONTH} ${DAY}(?: ?(?:[–—-]|to) ?${DAY})?(?:(,?) (\\d{4}))?(?![\\w:]|[.,]\\d)`, 'g')
const DAY_MONTH = new RegExp(`(?<![\\w.,:/-])((?:the )?)${DAY}(?: of)? ${MONTH}(?![a-z])(?:,? (\\d{4})(?!\\d))?`, 'g')
const RANGE = new RegExp(`(?<=\\b${MONTH} \\d{1,2}(?:st|nd|rd|th)?) ?[–—-] ?(?=${MONTH} \\d)`, 'g')
const MONTH_YEAR = new RegExp(`\\b${MONTH}(?= \\d{4}\\b)`, 'g')
const DECADE = /(?<![\w.,])(?:['’]?([1-9])0|(1[89]|20)([1-9])0|(1[1-9])00)['’]?s\b/g
/** "'24": the sign of what is left out. */
const SHORT_YEAR = /(?<![\p{L}\p{N}])['’](?=\d\d(?![\p{L}\p{N}'’]))/gu
const DECADES = 'tens twenties thirties forties fifties sixties seventies eighties nineties'.split(' ')

const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31
const monthName = (written: string): string => MONTHS.find(name => name.startsWith(written.slice(0, 3))) ?? written
const fullYear = (digits: string): string => (digits.length === 2 ? `20${digits}` : digits)
const dateWords = (month: number, day: string, year?: string): string =>
  `${MONTHS[month - 1]} ${ordinal(String(Number(day)))}${year === undefined ? '' : `, ${yearWords(fullYear(year))}`}`

/** Dates and decades as they are said: "November twenty-sixth, twenty twenty-six". Figures have the month first. */
export function datesInWords(text: string): string {
  return text
    .replace(RANGE, ' to ')
    .replace(ISO, (whole, year, _, month, day, hour?: string, minute?: string) => {
      if (!isDay(Number(month), Number(day))) return whole
      const time = hour === undefined || minute === undefined ? '' : ` at ${hourInWords(hour, minute)}`
      return dateWords(Number(month), day, year) + time
    })
    .replace(FIGURES, (whole: string, first: string, sign: string, second: string, year: string) => {
      if (sign === '.' && year.length === 2) return whole
      const isDayFirst = sign === '.' || Number(first) > 12
      const [month, day] = isDayFirst ? [Number(second), first] : [Number(first), second]
      return isDay(month, Number(day)) ? dateWords(month, day, year) : whole
    })
    .replace(DUE, (whole, before: string, month: string, day: string) =>
      isDay(Number(month), Number(day)) ? before + dateWords(Number(month), day) : whole,
    )
    .replace(MONTH_DAYS, (whole, month: string, day: string, to?: string, comma?: string, year?: string) => {
      if (!isDay(1, Number(day)) || (to !== undefined && !isDay(1, Number(to)))) return whole
      const days = ordinal(String(Number(day))) + (to === undefined ? '' : ` to ${ordinal(String(Number(to)))}`)
      const years = year === undefined ? '' : `${comma === '' ? '' : ','} ${yearWords(year)}`
      return `${monthName(month)} ${days}${years}`
    })
    .replace(DAY_MONTH, (whole, article: string, day: string, month: string, year?: string) => {
      if (!isDay(1, Number(day))) return whole
      const years = year === undefined ? '' : `, ${yearWords(year)}`
      return `${article || 'the '}${ordinal(String(Number(day)))} of ${monthName(month)}${years}`
    })
    .replace(MONTH_YEAR, (_, month: string) => monthName(month))
    .replace(DECADE, (_, ten?: string, century?: string, tens?: string, hundred?: string) => {
      if (hundred !== undefined) return `${cardinal(hundred)} hundreds`
      const decade = DECADES[Number(ten ?? tens) - 1] ?? ''
      return century === undefined ? decade : `${cardinal(century)} ${decade}`
    })
    .replace(SHORT_YEAR, '')
}
