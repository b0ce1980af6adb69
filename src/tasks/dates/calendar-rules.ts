import { DateTime } from 'luxon'
import type { DateContext } from './grammar.ts'
import { lastWeekday, nthWeekday } from './holidays.ts'
import { comingYearly, type DateReading, dated, type Period, rule, wrong } from './meanings.ts'
import { dayWithin, endOf } from './period-rules.ts'
import { ordinal, sayMonthDay, sayWeekday } from './spoken-date.ts'

const LEAP = 2028
/** A year in two figures is at most so many years ahead. */
const SHORT_YEARS = 3

const monthName = (month: number): string => DateTime.utc(LEAP, month, 1).toFormat('LLLL', { locale: 'en' })

const none = (day: number): DateReading =>
  wrong(day < 100 && day > 0 ? `No month has a ${ordinal(day)}` : 'No month has that day')

/** "The twenty third" is the next one, in a month that has such a day. */
export function readDayOfMonth({ today }: DateContext, day: number): DateReading | undefined {
  if (day < 1 || day > 31) return none(day)
  const months = [0, 1, 2].map(months => today.startOf('month').plus({ months }))
  const found = months.find(month => day <= (month.daysInMonth ?? 31) && month.set({ day }) >= today)
  return found && dated(found.set({ day }), today)
}

/** The nth day of a month or of another period. */
function readNthDay({ today }: DateContext, nth: number, period: Period): DateReading | undefined {
  const { span, start } = period
  if (nth < 1 || nth > 31) return span === 'month' ? none(nth) : undefined
  if (span === 'week' || span === 'weekend') return undefined
  if (span === 'month' && nth > (start.daysInMonth ?? 31))
    return wrong(`${monthName(start.month)} has no ${ordinal(nth)}`)
  return dayWithin(period, today, some => some.start.plus({ days: nth - 1 }))
}

/** The nth day from the end of a period; workdays are Monday to Friday. */
function readLastDay({ today }: DateContext, nth: number, period: Period, isWork = false): DateReading | undefined {
  if (nth < 1 || nth > 20) return undefined
  return dayWithin(period, today, some => {
    let day = endOf(some)
    for (let left = nth; ; day = day.minus({ days: 1 })) {
      if (!isWork || day.weekday <= 5) left--
      if (left === 0) return day
    }
  })
}

function readNthWorkday({ today }: DateContext, nth: number, period: Period): DateReading | undefined {
  if (nth < 1 || nth > 20 || period.span !== 'month') return undefined
  return dayWithin(period, today, ({ start }) => {
    let day = start
    for (let left = nth; ; day = day.plus({ days: 1 })) {
      if (day.weekday <= 5) left--
      if (left === 0) return day
    }
  })
}

/** "The second Tuesday of next month", "the last Friday in March"; `nth` undefined is the last. */
function readNthWeekday({ today }: DateContext, nth: number | undefined, weekday: number, period: Period) {
  const { span, start } = period
  if (span !== 'month' && span !== 'year') return undefined
  if (nth !== undefined && (nth < 1 || nth > 5)) return undefined
  const found = dayWithin(period, today, some => {
    const from = some.start
    if (nth === undefined) {
      const last = endOf(some)
      return lastWeekday(last.year, last.month, weekday)
    }
    const day = nthWeekday(from.year, from.month, weekday, nth)
    return span === 'month' && day.month !== from.month ? undefined : day
  })
  return found ?? wrong(`${monthName(start.month)} has no fifth ${sayWeekday(DateTime.utc(2024, 1, weekday))}`)
}

/** A month with its day: the next one if no year is said. */
function readMonthDay({ today }: DateContext, month: number, day: number, year?: number): DateReading | undefined {
  if (day < 1 || day > 99) return undefined
  const inYear = (some: number): DateTime => DateTime.utc(some, month, day)
  if (!inYear(LEAP).isValid) return wrong(`${monthName(month)} has no ${ordinal(day)}`)
  // February 29th: in other years luxon's date is invalid, and no other day takes its place.
  const hasPassed = inYear(LEAP).ordinal < DateTime.utc(LEAP, today.month, today.day).ordinal
  const meant = year ?? today.year + (hasPassed ? 1 : 0)
  if (!inYear(meant).isValid) {
    const when = ['this', 'next'][meant - today.year] ?? 'that'
    return wrong(`${monthName(month)} has no ${ordinal(day)} ${when} year`)
  }
  return year === undefined ? comingYearly(today, inYear) : dated(inYear(year), today)
}

/** "27" is the year of this century, or of the last one where that is too far away. */
function fullYear(year: number, today: DateTime): number {
  const full = year > 99 ? year : Math.floor(today.year / 100) * 100 + year
  return year < 100 && full > today.year + 20 ? full - 100 : full
}

/** "12/5", in the order that is usual here, unless only the other one makes a date. */
function readNumeric(context: DateContext, numbers: readonly number[]): DateReading | undefined {
  const [first = 0, second = 0, third] = numbers
  if (first > 31)
    return third !== undefined && second <= 12 && second > 0 ? readMonthDay(context, second, third, first) : undefined
  const isMonthFirst = second > 12 || (first <= 12 && context.order === 'month-day')
  const [month, day] = isMonthFirst ? [first, second] : [second, first]
  if (month < 1 || month > 12) return undefined
  return readMonthDay(context, month, day, third === undefined ? undefined : fullYear(third, context.today))
}

/** The day, if it is the weekday that was said with it. */
export function withWeekday(weekday: number, day: DateReading): DateReading {
  if (day.kind !== 'date' || day.date.weekday === weekday) return day
  const isWrong = `${sayMonthDay(day.date)} is a ${sayWeekday(day.date)}`
  return wrong(`${isWrong}, not a ${sayWeekday(DateTime.utc(2024, 1, weekday))}`)
}

/** Calendar dates: days of a month, months with days, dates in numbers. */
export const CALENDAR_RULES = [
  rule('ofYear', '<year>', (_, year) => year),
  rule('ofYear', '(this|next|coming) year', ({ today }, which) => today.year + (which === 'this' ? 0 : 1)),
  rule('ofYear', '<number>', ({ today }, short) => {
    const year = fullYear(short, today)
    return short < 100 && year >= today.year && year <= today.year + SHORT_YEARS ? year : undefined
  }),

  rule('monthDay', '<nth>', (_, nth) => nth),
  rule('monthDay', '<number>', (_, number) => (number < 100 ? number : undefined)),
  rule('dayOfMonth', '<nth> day?', readDayOfMonth),
  // "Monday nine" is a time, and "Monday twenty three" is not.
  rule('dayOfMonth', '<number>', (context, day) => (day > 12 && day < 32 ? readDayOfMonth(context, day) : undefined)),
  rule('calendar', 'this|next|coming? <month> <monthDay>', readMonthDay),
  rule('calendar', 'this|next|coming? <month> <monthDay> of|in? <ofYear>', readMonthDay),
  rule('calendar', 'this|next|coming? <monthDay> day? of? <month>', (context, day, month) =>
    readMonthDay(context, month, day),
  ),
  rule('calendar', '<monthDay> day? of? <month> of|in? <ofYear>', (context, day, month, year) =>
    readMonthDay(context, month, day, year),
  ),
  rule('calendar', '<year> <month> <monthDay>', (context, year, month, day) => readMonthDay(context, month, day, year)),
  rule('calendar', '<monthDay> day? of? <period>', (context, day, period) =>
    period.span === 'month' ? readNthDay(context, day, period) : undefined,
  ),
  rule('calendar', '<nth> day? of <period>', readNthDay),
  rule('calendar', '<nth> workday of|in <period>', readNthWorkday),
  rule('calendar', 'last day of|in <period>', (context, period) => readLastDay(context, 1, period)),
  rule('calendar', 'last workday of|in? <period>', (context, period) => readLastDay(context, 1, period, true)),
  rule('calendar', '<nth> to? last day of|in <period>', (context, nth, period) => readLastDay(context, nth, period)),
  rule('calendar', '<nth> <weekday> of|in <period>', readNthWeekday),
  rule('calendar', 'last <weekday> of|in <period>', (context, weekday, period) =>
    readNthWeekday(context, undefined, weekday, period),
  ),
  rule('calendar', 'next? <numeric>', readNumeric),
]
