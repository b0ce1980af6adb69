import type { DateTime } from 'luxon'
import type { ClockPiece } from './clock.ts'
import { rulesOf } from './grammar.ts'
import type { InYear } from './holidays.ts'

/** The day that words mean, or why they cannot mean one (a phrase to be spoken, without its full stop). */
export type DateReading =
  | {
      readonly kind: 'date'
      readonly date: DateTime
      /** A week or a month, of which this is only the first or the last day. */
      readonly isVague: boolean
    }
  | { readonly kind: 'wrong'; readonly why: string }

export type Span = 'week' | 'weekend' | 'month' | 'quarter' | 'year'
export type Unit = 'day' | 'workday' | 'fortnight' | Span

/** A span of the calendar that begins on this day. */
export interface Period {
  readonly span: Span
  readonly start: DateTime
  /** "The month" is bare; a named period, such as "March", comes again after `everyMonths`. */
  readonly said: 'bare' | 'this' | 'next' | 'named'
  readonly everyMonths?: number
}

/** What the words of a due date can mean. */
export interface Meanings {
  number: number
  nth: number
  /** Of a thing that is counted: "two", "a", "a few". */
  count: number
  weekday: number
  /** "Fridays". */
  weekdays: number
  month: number
  year: number
  /** A year in its place after a date: also "this year". */
  ofYear: number
  /** The day of a named month. */
  monthDay: number
  unit: Unit
  span: Span
  holiday: InYear
  /** A date in numbers: "12/5", "2026-03-03". */
  numeric: readonly number[]
  period: Period
  /** A day by its number alone: "the ninth". */
  dayOfMonth: DateReading
  /** A day that its month and number name. */
  calendar: DateReading
  day: DateReading
  /** A day that is said without a time: "before Friday" is by Thursday. */
  wholeDay: DateReading
  /** Whole hours, or parts of one: "1.5". */
  hours: number
  /** In minutes. */
  duration: number
  /** In minutes from now. */
  delay: number
  /** A number of minutes beside an hour. */
  minutes: number
  /** A plain time of day, such as "five thirty". */
  time: ClockPiece
  /** A time that needs other words to be one: "at 17". */
  marked: ClockPiece
  /** Anything about the time of day. */
  clock: ClockPiece
}

export const rule = rulesOf<Meanings>()

export const PASSED = 'That date has passed'

export const wrong = (why: string): DateReading => ({ kind: 'wrong', why })

/** The date, unless it has passed. */
export const dated = (date: DateTime, today: DateTime, isVague = false): DateReading =>
  date < today ? wrong(PASSED) : { kind: 'date', date, isVague }

/** A yearly date: this year's if it has not passed, otherwise next year's. */
export function comingYearly(today: DateTime, inYear: InYear): DateReading {
  const thisYears = inYear(today.year)
  return dated(thisYears < today ? inYear(today.year + 1) : thisYears, today)
}

/** The Monday of the week in which the date is. */
export const mondayOf = (date: DateTime): DateTime => date.minus({ days: date.weekday - 1 })
