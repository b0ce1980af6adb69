import type { DateTime } from 'luxon'
import { COUNT, countOf } from './date-delay.ts'
import {
  type DateReader,
  type DateReading,
  dated,
  mondayOf,
  PASSED,
  WEEKDAY,
  weekdayOf,
  wrong,
} from './date-reading.ts'

const TODAY =
  /^(?:(?:end of |later )?today|(?:right )?now|(?:right|straight) away|immediately|asap|as soon as possible)$/
const TOMORROW = /^(?:(?:end of )?tomorrow|next day)$/
const PAST = new RegExp(
  `^yesterday$|\\bago$|^last night$|^(?:last|previous|past) (?:${WEEKDAY}|week|weekend|month|quarter|year)$`,
)

const UNIT = '((?:business|working|work) days?|weekdays?|days?|weeks?|fortnights?|months?|years?)'
const AHEAD = new RegExp(`^(?:in |within )?(?:next )?(${COUNT}) ${UNIT}(?: time)?(?: from now| hence)?$`)
const FROM = new RegExp(`^(?:in )?(?:(${COUNT}) )?${UNIT} (?:from|after) (.+)$`)
const BEFORE = new RegExp(`^(?:(${COUNT}) )?${UNIT} before (.+)$`)
const LATER = new RegExp(`^(?:(${COUNT}) )?${UNIT} (today|tomorrow|${WEEKDAY})$`)
const WEEK_LATER = /^(today|tomorrow) week$/

const PLAIN = new RegExp(`^(?:(this coming|coming|this|next) )?(${WEEKDAY})(?: (coming|week))?$`)
const AFTER_NEXT = new RegExp(`^(${WEEKDAY}) after next$`)
const BESIDE = new RegExp(`^(?:(?:1st|next) )?(${WEEKDAY}) (after|before) (.+)$`)
const OF_WEEK = new RegExp(`^(${WEEKDAY}) (?:of |in )?(this week|next week|week after next)$`)
const WEEK_OF = new RegExp(`^(this week|next week|week after next) (${WEEKDAY})$`)

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

function plus(date: DateTime, count: number, unit: string): DateTime {
  if (/^(?:bus|work|weekd)/.test(unit)) return plusWorkingDays(date, count)
  if (unit.startsWith('fortnight')) return date.plus({ weeks: count * 2 })
  if (unit.startsWith('day')) return date.plus({ days: count })
  if (unit.startsWith('week')) return date.plus({ weeks: count })
  return unit.startsWith('month') ? date.plus({ months: count }) : date.plus({ years: count })
}

/** "Friday" said on a Friday is that day; "next Friday" is the Friday of the week after this (weeks begin on Monday). */
const readWeekday: DateReader = (words, { today }) => {
  const monday = mondayOf(today)
  const plain = PLAIN.exec(words)
  if (plain !== null) {
    const [, which = '', name = '', after = ''] = plain
    const days = weekdayOf(name) - 1
    if (which === 'next') return dated(monday.plus({ weeks: after === 'week' ? 2 : 1, days }), today)
    const isAfterToday = which.endsWith('coming') || after === 'coming'
    const ahead = (days + 1 - today.weekday + 7) % 7 || (isAfterToday ? 7 : 0)
    return dated(today.plus({ days: after === 'week' ? ahead + 7 : ahead }), today, 7)
  }
  const skipped = AFTER_NEXT.exec(words)
  if (skipped !== null) return dated(monday.plus({ weeks: 2, days: weekdayOf(skipped[1] ?? '') - 1 }), today)
  const ofWeek = OF_WEEK.exec(words)
  const weekOf = WEEK_OF.exec(words)
  if (ofWeek === null && weekOf === null) return undefined
  const week = ofWeek?.[2] ?? weekOf?.[1] ?? ''
  const weeks = week === 'this week' ? 0 : week === 'next week' ? 1 : 2
  return dated(monday.plus({ weeks, days: weekdayOf(ofWeek?.[1] ?? weekOf?.[2] ?? '') - 1 }), today)
}

/** "in two weeks", "a week from Tuesday", "the day after tomorrow", "two days before Christmas". */
const readOffset: DateReader = (words, { today, read }) => {
  const ahead = AHEAD.exec(words)
  if (ahead !== null) return dated(plus(today, countOf(ahead[1]), ahead[2] ?? ''), today)
  const weekLater = WEEK_LATER.exec(words)
  if (weekLater !== null) return dated(today.plus({ days: weekLater[1] === 'today' ? 7 : 8 }), today)
  const forwards = FROM.exec(words) ?? LATER.exec(words)
  const [, count, unit = '', anchor = ''] = forwards ?? BEFORE.exec(words) ?? []
  if (anchor === '') return undefined
  const from: DateReading | undefined = read(anchor)
  if (from?.kind !== 'date') return from
  return dated(plus(from.date, countOf(count) * (forwards === null ? -1 : 1), unit), today)
}

/** "The Monday after Christmas", "the Friday before the fifteenth": never that day itself. */
const readBeside: DateReader = (words, { today, read }) => {
  const [, name = '', side, anchor = ''] = BESIDE.exec(words) ?? []
  const from = anchor === '' ? undefined : read(anchor)
  if (from?.kind !== 'date') return from
  const days = (weekdayOf(name) - from.date.weekday + 7) % 7
  return dated(from.date.plus({ days: side === 'before' ? days - 7 : days || 7 }), today)
}

/** Days that are counted from today: "tomorrow", "Friday", "next Friday", "in two weeks", "yesterday" (has passed). */
export const readRelative: DateReader = (words, context) => {
  const { today } = context
  if (TODAY.test(words)) return dated(today, today)
  if (TOMORROW.test(words)) return dated(today.plus({ days: 1 }), today)
  if (/^next (?:business|working|work|week) ?day$/.test(words)) return dated(plusWorkingDays(today, 1), today)
  if (PAST.test(words)) return wrong(PASSED)
  return readWeekday(words, context) ?? readOffset(words, context) ?? readBeside(words, context)
}
