import { DateTime } from 'luxon'
import type { DateContext } from './grammar.ts'
import { type DateReading, dated, mondayOf, type Period, rule, type Span } from './meanings.ts'

export type Edge = 'start' | 'middle' | 'end'

const MONTHS: Readonly<Record<Span, number>> = { week: 0, weekend: 0, month: 1, quarter: 3, year: 12 }

function edgeOf(word: string): Edge {
  if (word.startsWith('mid')) return 'middle'
  return /^(?:end|close|late)/.test(word) ? 'end' : 'start'
}

/** The day at an edge of a period: of a week Monday, Wednesday or Friday. */
function dayAt(edge: Edge, { span, start }: Period): DateTime {
  if (span === 'week') return start.plus({ days: edge === 'start' ? 0 : edge === 'middle' ? 2 : 4 })
  if (span === 'weekend') return start.plus({ days: edge === 'end' ? 6 : 5 })
  if (edge === 'start') return start
  if (edge === 'end') return start.plus({ months: MONTHS[span] }).minus({ days: 1 })
  return span === 'month' ? start.plus({ days: 14 }) : start.plus({ months: MONTHS[span] / 2 }).startOf('month')
}

/** The first day of the span that is so many spans ahead. A weekend begins with the Monday before it. */
function startOf(span: Span, today: DateTime, ahead: number): DateTime {
  if (span === 'week' || span === 'weekend') return mondayOf(today).plus({ weeks: ahead })
  return today.startOf(span).plus({ months: MONTHS[span] * ahead })
}

export const periodAt = (span: Span, { today }: DateContext, ahead: number, said: Period['said']): Period => ({
  span,
  start: startOf(span, today, ahead),
  said,
})

/** The same period, the next time that it comes; undefined if it comes once. */
export function comingAgain({ span, start, said, everyMonths, ...others }: Period): Period | undefined {
  if (said === 'named')
    return everyMonths === undefined ? undefined : { ...others, span, said, start: start.plus({ months: everyMonths }) }
  if (said !== 'bare') return undefined
  const isWeek = span === 'week' || span === 'weekend'
  return {
    ...others,
    span,
    said: 'next',
    start: isWeek ? start.plus({ weeks: 1 }) : start.plus({ months: MONTHS[span] }),
  }
}

/** The first day of it that `dayOf` finds ahead, now or when it comes again. Undefined where there is no such day. */
export function dayWithin(
  period: Period,
  today: DateTime,
  dayOf: (period: Period) => DateTime | undefined,
  isVague = false,
): DateReading | undefined {
  const here = dayOf(period)
  if (here !== undefined && here >= today) return dated(here, today, isVague)
  const again = comingAgain(period)
  const later = again && dayOf(again)
  return later === undefined ? here && dated(here, today, isVague) : dated(later, today, isVague)
}

export const endOf = (period: Period): DateTime => dayAt('end', period)
const isNow = (period: Period, today: DateTime): boolean => period.start <= today && endOf(period) >= today

/** "This week" means by its end and "next month" its first day. "March" is its first day and, said in March, its last. */
function readPeriod({ today }: DateContext, period: Period): DateReading | undefined {
  const { span, said, start } = period
  if (said === 'bare' && span !== 'weekend') return undefined
  // "Twenty thirty" alone is a time.
  if (said === 'named' && span === 'year') return undefined
  if (span === 'weekend')
    return dated(isNow(period, today) && today.weekday > 5 ? today : dayAt('start', period), today, true)
  if (said === 'next') return dated(start, today, true)
  if (said === 'this' && span === 'week' && endOf(period) < today) return dated(start.plus({ days: 6 }), today, true)
  if (said === 'this' || isNow(period, today)) return dated(endOf(period), today, true)
  return dayWithin(period, today, some => some.start, true)
}

function readEdge({ today }: DateContext, edge: Edge, period: Period): DateReading | undefined {
  const { span, said, start } = period
  if (span === 'week' && said === 'this' && edge === 'end' && endOf(period) < today)
    return dated(start.plus({ days: 6 }), today)
  return dayWithin(period, today, some => dayAt(edge, some))
}

/** The week of a month or year that begins with its nth Monday, or its last week. */
function weekOf(period: Period, nth: number | undefined, today: DateTime): Period | undefined {
  const { span, start } = period
  if ((span !== 'month' && span !== 'year') || (nth ?? 1) > 4) return undefined
  const monday =
    nth === undefined
      ? mondayOf(endOf(period).minus({ days: 6 }))
      : start.plus({ days: (8 - start.weekday) % 7, weeks: nth - 1 })
  const again = monday.plus({ days: 6 }) < today ? comingAgain(period) : undefined
  return again ? weekOf(again, nth, today) : { span: 'week', start: monday, said: 'named' }
}

const asWeekend = (week: Period | undefined): Period | undefined => week && { ...week, span: 'weekend' }

const monthIn = (month: number, year: number): DateTime => DateTime.utc(year, month, 1)

export const PERIOD_RULES = [
  rule('period', '<span>', (context, span) => periodAt(span, context, 0, 'bare')),
  rule('period', '(this|current) <span>', (context, _, span) => periodAt(span, context, 0, 'this')),
  rule('period', '(next|coming|following) <span>', (context, _, span) => periodAt(span, context, 1, 'next')),
  rule('period', '<span> after next', (context, span) => periodAt(span, context, 2, 'next')),
  rule('period', '<span> after this|coming <span>', (context, span, same) =>
    span === same ? periodAt(span, context, 1, 'next') : undefined,
  ),
  rule('period', '<month>', ({ today }, month) => ({
    span: 'month',
    start: monthIn(month, today.year + (month < today.month ? 1 : 0)),
    said: 'named',
    everyMonths: 12,
  })),
  rule('period', '(this|next|coming) <month>', ({ today }, which, month) => ({
    span: 'month',
    start: monthIn(month, today.year + (month < today.month || (which !== 'this' && month === today.month) ? 1 : 0)),
    said: 'named',
  })),
  rule('period', '<month> of|in? <ofYear>', (_, month, year) => ({
    span: 'month',
    start: monthIn(month, year),
    said: 'named',
  })),
  rule('period', '<year> <month>', (_, year, month) => ({ span: 'month', start: monthIn(month, year), said: 'named' })),
  rule('period', 'year? <year>', (_, year) => ({ span: 'year', start: monthIn(1, year), said: 'named' })),
  rule('period', '<nth> quarter', ({ today }, nth) =>
    nth > 4 ? undefined : { span: 'quarter', start: monthIn(nth * 3 - 2, today.year), said: 'named', everyMonths: 12 },
  ),
  rule('period', 'q|quarter <number>', ({ today }, nth) =>
    nth > 4 || nth === 0
      ? undefined
      : { span: 'quarter', start: monthIn(nth * 3 - 2, today.year), said: 'named', everyMonths: 12 },
  ),
  rule('period', 'q? <nth> quarter of|in? <ofYear>', (_, nth, year) =>
    nth > 4 ? undefined : { span: 'quarter', start: monthIn(nth * 3 - 2, year), said: 'named' },
  ),
  rule('period', 'week of|from|beginning|starting|commencing <day>', (_, day) =>
    // A week that is named by a Sunday is the one that Sunday begins.
    day.kind === 'date'
      ? { span: 'week', start: mondayOf(day.date.plus({ days: day.date.weekday === 7 ? 1 : 0 })), said: 'named' }
      : undefined,
  ),
  rule('period', '<nth> full? week of|in? <period>', ({ today }, nth, period) => weekOf(period, nth, today)),
  rule('period', 'last full? week of|in <period>', ({ today }, period) => weekOf(period, undefined, today)),
  rule('period', 'weekend of <day>', (_, day) =>
    // The nearest weekend: that of a Monday is the one before it.
    day.kind === 'date'
      ? { span: 'weekend', start: mondayOf(day.date.minus({ days: day.date.weekday < 3 ? 3 : 0 })), said: 'named' }
      : undefined,
  ),
  rule('period', '<nth> weekend of|in <period>', ({ today }, nth, period) => asWeekend(weekOf(period, nth, today))),
  rule('period', 'last weekend of|in <period>', ({ today }, period) => asWeekend(weekOf(period, undefined, today))),

  rule('day', 'in|during? <period>', readPeriod),
  rule(
    'day',
    'in|at? (end|close|late|later|beginning|start|early|earlier|middle|mid) of|in? <period>',
    (context, edge, period) => readEdge(context, edgeOf(edge), period),
  ),
  rule('day', '(rest|remainder|remaining) of <period>', (context, _, period) =>
    readEdge(context, 'end', period.said === 'bare' ? { ...period, said: 'this' } : period),
  ),
  rule('day', 'in|during year? <year>', ({ today }, year) => dated(monthIn(1, year), today, true)),
  rule('day', '<span> end', (context, span) => readEdge(context, 'end', periodAt(span, context, 0, 'bare'))),
  rule('day', 'end|close of <day>', (_, day) => day),

  rule('wholeDay', 'before end|close of <period>', (context, period) => readEdge(context, 'end', period)),
  rule('wholeDay', 'before end|close of <day>', (_, day) => day),
  rule('wholeDay', 'before <period>', ({ today }, period) =>
    dayWithin(period, today, some => dayAt('start', some).minus({ days: 1 })),
  ),
  rule('wholeDay', 'before <day>', ({ today }, day) =>
    day.kind === 'date' ? dated(day.date.minus({ days: 1 }), today) : day,
  ),
]
