import { DateTime } from 'luxon'
import { comingYearly, type DateReader, type DateReading, dated, MONTH, mondayOf, monthOf } from './date-reading.ts'

type Edge = 'start' | 'middle' | 'end'

const EDGE = '(end|close|late|last day|beginning|start|early|first day|middle|mid)(?: of| in)?'
const PERIOD = new RegExp(
  `^(?:${EDGE} )?(?:(this|next|current|coming) )?(?:work |working |business )?(week|weekend|month|quarter|year)$`,
)
const AFTER_NEXT = new RegExp(`^(?:${EDGE} )?(week|month|year) after next$`)
const OF_MONTH = new RegExp(`^(?:${EDGE} |in )?(?:(this|next|coming) )?(${MONTH})(?: (?:of )?(\\d{4}))?$`)
const OF_YEAR = new RegExp(`^${EDGE} (?:year )?(20\\d\\d|21\\d\\d)$`)
const ENDS = /^(?:months?|years?|weeks?) end$/

function edgeOf(words: string | undefined): Edge | undefined {
  if (words === undefined) return undefined
  if (/^mid/.test(words)) return 'middle'
  return /^(?:end|close|late|last)/.test(words) ? 'end' : 'start'
}

/** The day at an edge of a period that begins on that date: of a week Monday, Wednesday or Friday. */
function dayAt(edge: Edge, start: DateTime, period: string): DateTime {
  if (period === 'week') return start.plus({ days: edge === 'start' ? 0 : edge === 'middle' ? 2 : 4 })
  if (period === 'weekend') return start.plus({ days: edge === 'end' ? 6 : 5 })
  if (edge === 'start') return start
  const next = start.plus({ months: period === 'month' ? 1 : period === 'quarter' ? 3 : 12 })
  if (edge === 'end') return next.minus({ days: 1 })
  return period === 'month' ? start.plus({ days: 14 }) : start.plus({ months: period === 'quarter' ? 1 : 6 })
}

function startOf(period: string, today: DateTime, ahead: number): DateTime {
  if (period.startsWith('week')) return mondayOf(today).plus({ weeks: ahead })
  if (period === 'month') return today.startOf('month').plus({ months: ahead })
  if (period === 'quarter') return today.startOf('quarter').plus({ quarters: ahead })
  return today.startOf('year').plus({ years: ahead })
}

/** "This week" or "this month" means by its end; "next month" means its first day, the earliest possible one. */
function readPeriod(edge: Edge | undefined, which: string, period: string, today: DateTime): DateReading | undefined {
  if (which === 'next' || which === 'coming') {
    return dated(dayAt(edge ?? 'start', startOf(period, today, 1), period), today)
  }
  if (edge === undefined && which === '' && period !== 'weekend') return undefined
  const at = edge ?? (period === 'weekend' ? 'start' : 'end')
  const here = dayAt(at, startOf(period, today, 0), period)
  if (here >= today) return dated(here, today)
  if (period === 'weekend') return dated(today, today)
  if (period === 'week' && at === 'end' && which !== '') return dated(mondayOf(today).plus({ days: 6 }), today)
  return which === '' ? dated(dayAt(at, startOf(period, today, 1), period), today) : dated(here, today)
}

/** "March" is its first day and, said in March, its last. */
function readMonth(edge: Edge | undefined, which: string, month: number, year: string | undefined, today: DateTime) {
  const isNow = today.month === month && (year === undefined || Number(year) === today.year)
  const isMeant = isNow && which !== 'next' && which !== 'coming'
  const inYear = (some: number): DateTime =>
    dayAt(edge ?? (isMeant ? 'end' : 'start'), DateTime.utc(some, month, 1), 'month')
  if (year !== undefined) return dated(inYear(Number(year)), today)
  return isNow && !isMeant ? dated(inYear(today.year + 1), today) : comingYearly(today, inYear)
}

/** Weeks, months, quarters and years: "end of the month", "next week", "the week after next", "mid March". */
export const readPeriods: DateReader = (words, { today }) => {
  if (ENDS.test(words)) return readPeriod('end', '', words.replace(/s? end$/, ''), today)
  const period = PERIOD.exec(words)
  if (period !== null) return readPeriod(edgeOf(period[1]), period[2] ?? '', period[3] ?? '', today)
  const later = AFTER_NEXT.exec(words)
  if (later !== null) {
    const name = later[2] ?? ''
    return dated(dayAt(edgeOf(later[1]) ?? 'start', startOf(name, today, 2), name), today)
  }
  const year = OF_YEAR.exec(words)
  if (year !== null) return dated(dayAt(edgeOf(year[1]) ?? 'end', DateTime.utc(Number(year[2]), 1, 1), 'year'), today)
  const month = OF_MONTH.exec(words)
  if (month === null) return undefined
  return readMonth(edgeOf(month[1]), month[2] ?? '', monthOf(month[3] ?? ''), month[4], today)
}
