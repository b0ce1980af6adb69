import type { DateTime } from 'luxon'
import { readDayOfMonth, withWeekday } from './calendar-rules.ts'
import {
  comingYearly,
  type DateReading,
  dated,
  mondayOf,
  PASSED,
  type Period,
  rule,
  type Unit,
  wrong,
} from './meanings.ts'
import { periodAt } from './period-rules.ts'

/** Adds working days (Monday to Friday), or subtracts them if `days` is negative. */
function plusWorkingDays(date: DateTime, days: number): DateTime {
  const isBack = days < 0
  const weeks = Math.floor(Math.abs(days) / 5)
  const left = Math.abs(days) % 5
  if (isBack) {
    const start = date.weekday > 5 ? mondayOf(date).plus({ weeks: 1 }) : date
    return start.minus({ weeks, days: start.weekday - left < 1 ? left + 2 : left })
  }
  const start = date.weekday > 5 ? mondayOf(date).plus({ days: 4 }) : date
  return start.plus({ weeks, days: start.weekday + left > 5 ? left + 2 : left })
}

function plus(date: DateTime, count: number, unit: Unit): DateTime {
  switch (unit) {
    case 'day':
      return date.plus({ days: count })
    case 'workday':
      return plusWorkingDays(date, count)
    case 'week':
    case 'weekend':
      return date.plus({ weeks: count })
    case 'fortnight':
      return date.plus({ weeks: count * 2 })
    case 'month':
      return date.plus({ months: count })
    case 'quarter':
      return date.plus({ months: count * 3 })
    case 'year':
      return date.plus({ years: count })
  }
}

/** So much after a day, or before it where `count` is negative. */
const from = (day: DateReading, today: DateTime, count: number, unit: Unit): DateReading =>
  day.kind === 'date' ? dated(plus(day.date, count, unit), today) : day

/** "In three days, on Friday" must be that weekday; "in two months, on a Friday" is the first one then. */
function onWeekday(weekday: number, count: number, unit: Unit, today: DateTime): DateReading | undefined {
  if (unit === 'week' || unit === 'weekend' || unit === 'fortnight') return undefined
  const date = plus(today, count, unit)
  const isExact = unit === 'day' || unit === 'workday'
  return isExact
    ? withWeekday(weekday, dated(date, today))
    : dated(date.plus({ days: (weekday - date.weekday + 7) % 7 }), today)
}

/** The nth date ahead that is this weekday, today not counted. */
const comingWeekday = (today: DateTime, weekday: number, nth = 1): DateTime =>
  today.plus({ days: ((weekday - today.weekday + 6) % 7) + 1 + (nth - 1) * 7 })

/** "Next Friday" is the Friday of the week after this (weeks begin on Monday), "Friday" is the first after today. */
function readWeekday(today: DateTime, which: string | undefined, weekday: number): DateReading {
  if (which === 'next' || which === 'following')
    return dated(mondayOf(today).plus({ weeks: 1, days: weekday - 1 }), today)
  if (which === 'this' && weekday === today.weekday) return dated(today, today)
  return dated(comingWeekday(today, weekday), today)
}

function inWeek(weekday: number, { span, start }: Period, today: DateTime): DateReading | undefined {
  return span === 'week' ? dated(start.plus({ days: weekday - 1 }), today) : undefined
}

/** The nearest such weekday after a day, or before it: never that day itself. */
function beside(weekday: number, side: string, day: DateReading, today: DateTime): DateReading {
  if (day.kind !== 'date') return day
  const days = (weekday - day.date.weekday + 7) % 7
  return dated(day.date.plus({ days: side === 'before' ? days - 7 : days || 7 }), today)
}

/** Days that are counted from today, or from another day. */
export const DAY_RULES = [
  rule('day', 'later? today|now', ({ today }) => dated(today, today)),
  rule('day', 'this|same day', ({ today }) => dated(today, today)),
  rule('day', 'tomorrow', ({ today }) => dated(today.plus({ days: 1 }), today)),
  rule('day', 'next day', ({ today }) => dated(today.plus({ days: 1 }), today)),
  rule('day', 'next workday', ({ today }) => dated(plusWorkingDays(today, 1), today)),

  rule('day', 'yesterday', () => wrong(PASSED)),
  rule('day', 'last|past|previous <weekday>', () => wrong(PASSED)),
  rule('day', 'last|past|previous <unit>', () => wrong(PASSED)),
  rule('day', 'last|past|previous <month>', () => wrong(PASSED)),
  rule('day', 'last|past|previous <holiday>', () => wrong(PASSED)),
  rule('day', 'last|past|previous <count> <unit>', () => wrong(PASSED)),
  rule('day', 'last night|evening', () => wrong(PASSED)),
  rule('day', '<count> <unit> ago|back', () => wrong(PASSED)),
  rule('day', '<duration> ago|back', () => wrong(PASSED)),
  rule('day', '<weekday> last week', () => wrong(PASSED)),

  rule('day', '(this|next|following|coming)? <weekday> coming?', ({ today }, which, weekday) =>
    readWeekday(today, which, weekday),
  ),
  rule('day', '(this|next|coming)? <weekday> week', ({ today }, which, weekday) =>
    from(readWeekday(today, which, weekday), today, 1, 'week'),
  ),
  rule('day', 'next|this? <weekday> <dayOfMonth>', (_, weekday, day) => withWeekday(weekday, day)),
  rule('day', 'next|this? <weekday> <calendar>', (_, weekday, day) => withWeekday(weekday, day)),
  rule('day', '<calendar> next|this? <weekday>', (_, day, weekday) => withWeekday(weekday, day)),
  rule('day', '<weekday> after next', ({ today }, weekday) =>
    dated(mondayOf(today).plus({ weeks: 2, days: weekday - 1 }), today),
  ),
  rule('day', 'in? <nth> <weekday> hence|later', ({ today }, nth, weekday) =>
    dated(comingWeekday(today, weekday, nth), today),
  ),
  rule('day', 'in? <count> <weekdays> hence|later', ({ today }, nth, weekday) =>
    nth === 0 ? undefined : dated(comingWeekday(today, weekday, nth), today),
  ),
  rule('day', '<weekday> of|in? <period>', ({ today }, weekday, period) => inWeek(weekday, period, today)),
  rule('day', 'in? <period> <weekday>', ({ today }, period, weekday) => inWeek(weekday, period, today)),
  rule('day', '<weekday> in? <count> week|weeks hence?', (context, weekday, count) =>
    inWeek(weekday, periodAt('week', context, count, 'next'), context.today),
  ),
  rule('day', 'in <count> week|weeks hence? <weekday>', (context, count, weekday) =>
    inWeek(weekday, periodAt('week', context, count, 'next'), context.today),
  ),

  rule('day', 'in|within|after? next|coming|following? <count> <unit> time? hence|later?', ({ today }, count, unit) =>
    dated(plus(today, count, unit), today),
  ),
  rule(
    'day',
    'in|within|after? next|coming? <count> <unit> and? <count> <unit> hence|later?',
    ({ today }, count, unit, more, other) => dated(plus(plus(today, count, unit), more, other), today),
  ),
  rule('day', '<unit> hence', ({ today }, unit) => dated(plus(today, 1, unit), today)),
  rule('day', '<count> next|coming|following <unit>', ({ today }, count, unit) =>
    dated(plus(today, count, unit), today),
  ),
  rule('day', 'next fortnight', ({ today }) => dated(plus(today, 1, 'fortnight'), today)),
  rule('day', 'in? <count> <unit> hence? a? <weekday>', ({ today }, count, unit, weekday) =>
    onWeekday(weekday, count, unit, today),
  ),
  rule('day', '<weekday> in? <count> <unit> hence?', ({ today }, weekday, count, unit) =>
    onWeekday(weekday, count, unit, today),
  ),
  rule('day', 'today week', ({ today }) => dated(today.plus({ weeks: 1 }), today)),
  rule('day', 'tomorrow week', ({ today }) => dated(today.plus({ days: 8 }), today)),
  rule('day', 'in? <count>? <unit> from|after|following|past <day>', ({ today }, count, unit, day) =>
    from(day, today, count ?? 1, unit),
  ),
  rule('day', '<count> <unit> (today|tomorrow)', ({ today }, count, unit, name) =>
    dated(plus(today.plus({ days: name === 'today' ? 0 : 1 }), count, unit), today),
  ),
  rule('day', '<count> <unit> <weekday>', ({ today }, count, unit, weekday) =>
    from(readWeekday(today, undefined, weekday), today, count, unit),
  ),
  rule('day', '<count>? <unit> before <day>', ({ today }, count, unit, day) => from(day, today, -(count ?? 1), unit)),
  rule('day', '1st|next? <weekday> (after|before|following) <day>', ({ today }, weekday, side, day) =>
    beside(weekday, side, day, today),
  ),

  rule('day', '<nth> <weekday> after|following <day>', ({ today }, nth, weekday, day) =>
    from(beside(weekday, 'after', day, today), today, nth - 1, 'week'),
  ),

  rule('day', 'this|next|coming|following? <holiday>', ({ today }, inYear) => comingYearly(today, inYear)),
  rule('day', '<holiday> of|in? <ofYear>', ({ today }, inYear, year) => dated(inYear(year), today)),
  rule('day', '<calendar>', (_, day) => day),
  rule('day', '<nth> day?', readDayOfMonth),
]
