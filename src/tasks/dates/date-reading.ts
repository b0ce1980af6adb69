import type { DateTime } from 'luxon'

/** Which number comes first in "12/5". */
export type DateOrder = 'month-day' | 'day-month'

/** The day that words mean, or why they cannot mean one (a phrase to be spoken, without its full stop). */
export type DateReading =
  | {
      readonly kind: 'date'
      readonly date: DateTime
      /** For a weekday: the days to its next date, which is meant if this one has passed. */
      readonly againDays?: number
    }
  | { readonly kind: 'wrong'; readonly why: string }

/** What dates are counted from. Days are luxon's, at midnight in UTC, so that daylight saving time does not move them. */
export interface DateContext {
  readonly today: DateTime
  readonly order: DateOrder
  /** Reads a date within a date: the Tuesday of "a week from Tuesday". */
  readonly read: (words: string) => DateReading | undefined
}

/** Reads words that are a date and nothing else; undefined if this reader does not know them. */
export type DateReader = (words: string, context: DateContext) => DateReading | undefined

export const PASSED = 'That date has passed'

export const WEEKDAY =
  'mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?'
export const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** 1 for Monday to 7 for Sunday, by a name that WEEKDAY matched. */
export function weekdayOf(name: string): number {
  return WEEKDAYS.indexOf(name.slice(0, 3)) + 1
}

/** 1 to 12, by a name that MONTH matched. */
export function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3)) + 1
}

/** The Monday of the week in which the date is. */
export function mondayOf(date: DateTime): DateTime {
  return date.minus({ days: date.weekday - 1 })
}

export function wrong(why: string): DateReading {
  return { kind: 'wrong', why }
}

/** The date, unless it has passed. */
export function dated(date: DateTime, today: DateTime, againDays?: number): DateReading {
  if (date < today) return wrong(PASSED)
  return againDays === undefined ? { kind: 'date', date } : { kind: 'date', date, againDays }
}

/** A yearly date: this year's if it has not passed, otherwise next year's. */
export function comingYearly(today: DateTime, inYear: (year: number) => DateTime): DateReading {
  const thisYears = inYear(today.year)
  return { kind: 'date', date: thisYears < today ? inYear(today.year + 1) : thisYears }
}
