import * as chrono from 'chrono-node'
import { DateTime } from 'luxon'
import {
  comingYearly,
  type DateOrder,
  type DateReader,
  type DateReading,
  dated,
  MONTH,
  monthOf,
  WEEKDAY,
  weekdayOf,
  wrong,
} from './date-reading.ts'
import { lastWeekday, nthWeekday } from './holiday-date.ts'
import { ordinal, sayMonthDay, sayWeekday } from './spoken-date.ts'

/** A leap year, so that chrono accepts February 29th; the year that is meant is decided here. */
const LEAP_YEAR = { instant: new Date('2028-01-01T00:00:00Z'), timezone: 0 }
const LEAP = 2028

const DAY_OF_MONTH = /^(\d{1,3})(?:st|nd|rd|th)(?: day)?(?: (?:of )?(?:(this|next) )?month)?$/
const NTH_WEEKDAY = new RegExp(
  `^(1st|2nd|3rd|4th|5th|last) (${WEEKDAY}) (?:of|in) (?:(?:(this|next) )?month|(${MONTH})(?: (\\d{4}))?)$`,
)
const NAMED_DAY = new RegExp(`^(${WEEKDAY}) (.+)$`)
const HAS_MONTH = new RegExp(`\\b(?:${MONTH})\\b`)
const MONTH_DAY = new RegExp(`^(?:(${MONTH}) (\\d{1,3})|(\\d{1,3})(?:st|nd|rd|th)?(?: of)? (${MONTH}))`)
const IN_NUMBERS = /^\d{1,4}([/.-])\d{1,2}(?:\1\d{1,4})?$/

interface MonthDay {
  readonly year: number | undefined
  readonly month: number
  readonly day: number
}

function monthName(month: number): string {
  return DateTime.utc(LEAP, month, 1).toFormat('LLLL', { locale: 'en' })
}

/** "The twenty third" is the next one, in a month that has such a day. */
const readDayOfMonth: DateReader = (words, { today }) => {
  const [, digits, which] = DAY_OF_MONTH.exec(words) ?? []
  if (digits === undefined) return undefined
  const day = Number(digits)
  if (day < 1 || day > 31)
    return wrong(day < 100 && day > 0 ? `No month has a ${ordinal(day)}` : 'No month has that day')
  if (which !== undefined) {
    const month = today.startOf('month').plus({ months: which === 'next' ? 1 : 0 })
    if (day > (month.daysInMonth ?? 31)) return wrong(`${monthName(month.month)} has no ${ordinal(day)}`)
    return dated(month.set({ day }), today)
  }
  const months = [0, 1, 2].map(months => today.startOf('month').plus({ months }))
  const found = months.find(month => day <= (month.daysInMonth ?? 31) && month.set({ day }) >= today)
  return found && dated(found.set({ day }), today)
}

/** "The second Tuesday of next month", "the last Friday in March". */
const readNthWeekday: DateReader = (words, { today }) => {
  const [, nth, name = '', which, month, year] = NTH_WEEKDAY.exec(words) ?? []
  if (nth === undefined) return undefined
  const inMonth = (first: DateTime): DateTime =>
    nth === 'last'
      ? lastWeekday(first.year, first.month, weekdayOf(name))
      : nthWeekday(first.year, first.month, weekdayOf(name), Number.parseInt(nth, 10))
  const ofMonth = (first: DateTime): DateReading =>
    inMonth(first).month === first.month
      ? dated(inMonth(first), today)
      : wrong(`${monthName(first.month)} has no fifth ${sayWeekday(inMonth(first))}`)
  const first = today.startOf('month')
  if (month !== undefined) {
    const start = DateTime.utc(year === undefined ? today.year : Number(year), monthOf(month), 1)
    return year === undefined && inMonth(start) < today ? ofMonth(start.plus({ years: 1 })) : ofMonth(start)
  }
  if (which !== undefined) return ofMonth(first.plus({ months: which === 'next' ? 1 : 0 }))
  return inMonth(first) < today ? ofMonth(first.plus({ months: 1 })) : ofMonth(first)
}

/** The date that chrono reads in all of the words, if it guesses nothing but the year. */
function monthDayOf(words: string, order: DateOrder): MonthDay | undefined {
  const numbers = words.match(/\d+/g) ?? []
  const isNamed = HAS_MONTH.test(words)
  if (isNamed ? numbers.some(digits => digits.length === 3) || numbers.length > 2 : !IN_NUMBERS.test(words)) return
  if (isNamed && numbers.length === 2 && !numbers.some(digits => digits.length === 4)) return
  const reader = order === 'month-day' ? chrono.en.strict : chrono.en.GB
  const [found] = reader.parse(words, LEAP_YEAR)
  if (found === undefined || found.text !== words || found.end) return
  const { start } = found
  // Chrono ignores a weekday that does not fit the date, so weekdays are read and compared here.
  if (!start.isCertain('month') || !start.isCertain('day') || start.isCertain('hour') || start.isCertain('weekday'))
    return
  const year = start.isCertain('year') ? (start.get('year') ?? undefined) : undefined
  return { year, month: start.get('month') ?? 0, day: start.get('day') ?? 0 }
}

function impossible(words: string): DateReading | undefined {
  const [, before, after, earlier, later] = MONTH_DAY.exec(words) ?? []
  const month = monthOf(before ?? later ?? '')
  const day = Number(after ?? earlier)
  if (month === 0 || day < 1 || day > 99) return undefined
  const isPossible = day <= (DateTime.utc(LEAP, month, 1).daysInMonth ?? 31)
  return isPossible ? undefined : wrong(`${monthName(month)} has no ${ordinal(day)}`)
}

/** "March third", "third of March twenty twenty seven", "12/5": the next one if no year is said. */
const readMonthDay: DateReader = (words, { today, order }) => {
  if (!HAS_MONTH.test(words) && !IN_NUMBERS.test(words)) return undefined
  const yearSaid = / (this|next) year$/.exec(words)?.[1]
  const plain = words
    .replace(/ (?:this|next) year$/, '')
    .replace(/^(?:this|next) /, '')
    .replace(/ (?:of|in) (?=\d{4}$)/, ' ')
  const found = monthDayOf(plain, order)
  if (found === undefined) return impossible(plain)
  const { month, day } = found
  const inYear = (year: number): DateTime => DateTime.utc(year, month, day)
  const inSaidYear = yearSaid === undefined ? undefined : today.year + (yearSaid === 'next' ? 1 : 0)
  const year = found.year ?? inSaidYear
  // February 29th: in other years luxon's date is invalid, and no other day takes its place.
  const hasPassed = inYear(LEAP).ordinal < DateTime.utc(LEAP, today.month, today.day).ordinal
  const meant = year ?? today.year + (hasPassed ? 1 : 0)
  if (!inYear(meant).isValid) {
    const when = ['this', 'next'][meant - today.year] ?? 'that'
    return wrong(`${monthName(month)} has no ${ordinal(day)} ${when} year`)
  }
  return year === undefined ? comingYearly(today, inYear) : dated(inYear(year), today)
}

/**
 * Calendar dates: days of a month, months with days, dates in numbers. A weekday that is said with them must be right.
 */
export const readCalendar: DateReader = (words, context) => {
  const reading = readDayOfMonth(words, context) ?? readNthWeekday(words, context) ?? readMonthDay(words, context)
  if (reading !== undefined) return reading
  const [, name = '', rest = ''] = NAMED_DAY.exec(words) ?? []
  const named = rest === '' ? undefined : (readDayOfMonth(rest, context) ?? readMonthDay(rest, context))
  if (named?.kind !== 'date' || named.date.weekday === weekdayOf(name)) return named
  const isWrong = `${sayMonthDay(named.date)} is a ${sayWeekday(named.date)}`
  return wrong(`${isWrong}, not a ${sayWeekday(DateTime.utc(2024, 1, weekdayOf(name)))}`)
}
