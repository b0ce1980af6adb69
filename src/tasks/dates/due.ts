import { DateTime } from 'luxon'
import type { ClockReading, TimeOfDay } from './clock.ts'
import { dateWords } from './date-words.ts'
import type { DateContext, DateOrder } from './grammar.ts'
import { type DateReading, PASSED } from './meanings.ts'
import { corrected, readWords, type Said, whyNot } from './said-date.ts'
import { sayDay, sayHour, sayTimeOfDay } from './spoken-date.ts'

/** When a task is due: by the end of a day wherever the owner is (YYYY-MM-DD), or at an instant (ISO, UTC, whole minutes). */
export type Due = { readonly kind: 'day'; readonly date: string } | { readonly kind: 'time'; readonly at: string }

/** What was meant, or why it is unclear: a short phrase to be spoken, without its full stop. */
export type DueReading =
  | { readonly kind: 'due'; readonly due: Due }
  | { readonly kind: 'unclear'; readonly why: string }

/** Where and when the words are said; the zone is an IANA name, such as Europe/Berlin. */
export interface SaidAt {
  readonly now: Date
  readonly zone: string
}

const TIME_PASSED = 'That time has passed'
const TWO_DAYS = 'That sounds like two different days'
/** No date is longer. */
const MOST_CHARACTERS = 200
const MOST_WORDS = 16
const FARTHEST_YEARS = 100

function localNow({ now, zone }: SaidAt): DateTime {
  const local = DateTime.fromJSDate(now, { zone })
  if (local.isValid) return local
  throw new RangeError(`${local.invalidExplanation}: give a time and a zone such as Europe/Berlin`)
}

/** The local day as a midnight in UTC. */
function dayOf(local: DateTime): DateTime {
  return DateTime.utc(local.year, local.month, local.day)
}

function dueDay(date: DateTime): Due {
  return { kind: 'day', date: date.toFormat('yyyy-MM-dd') }
}

function dueAt(millis: number): Due {
  return { kind: 'time', at: new Date(millis).toISOString() }
}

/**
 * A time that daylight saving time skips is moved later by the skipped amount. Of a time that occurs twice the first is
 * meant, if it has not passed.
 */
function dueOn(date: DateTime, time: TimeOfDay, { now, zone }: SaidAt): Due {
  if (time === 'day') return dueDay(date)
  const { year, month, day } = date.plus({ days: Math.floor(time / 1440) })
  const local = DateTime.fromObject({ year, month, day, hour: Math.floor(time / 60) % 24, minute: time % 60 }, { zone })
  const possible = local.getPossibleOffsets().map(some => some.toMillis())
  const ahead = possible.filter(millis => millis > now.getTime())
  return dueAt(Math.min(...(ahead.length > 0 ? ahead : possible)))
}

function resolveClock({ times, isToday, isWork }: ClockReading, said: DateReading | undefined, at: SaidAt) {
  const today = dayOf(localNow(at))
  const isAhead = (due: Due): boolean => due.kind === 'day' || Date.parse(due.at) > at.now.getTime()
  const first = (dues: readonly Due[]): DueReading => {
    const due = dues.find(isAhead)
    return due === undefined ? { kind: 'unclear', why: TIME_PASSED } : { kind: 'due', due }
  }
  const date = isToday && said === undefined ? today : said?.kind === 'date' ? said.date : undefined
  if (date === undefined) {
    const days = [0, 1, 2, 3].map(days => today.plus({ days })).filter(day => !isWork || day.weekday <= 5)
    return first(days.map(day => dueOn(day, times[0], at)))
  }
  if (isToday && !date.equals(today)) return { kind: 'unclear', why: TWO_DAYS } as const
  return first(times.map(time => dueOn(date, time, at)))
}

function resolve({ date, clock, delayMinutes }: Said, at: SaidAt): DueReading {
  if (delayMinutes !== undefined) {
    const minute = Math.ceil(at.now.getTime() / 60_000) + delayMinutes
    return delayMinutes === 0 ? { kind: 'unclear', why: TIME_PASSED } : { kind: 'due', due: dueAt(minute * 60_000) }
  }
  if (date?.kind === 'wrong') return { kind: 'unclear', why: date.why }
  if (date !== undefined && isTooFar(date.date, at)) return { kind: 'unclear', why: TOO_FAR }
  if (clock !== undefined) return resolveClock(clock, date, at)
  return date === undefined ? { kind: 'unclear', why: 'No date was said' } : { kind: 'due', due: dueDay(date.date) }
}

const TOO_FAR = 'That date is too far away'
const isTooFar = (date: DateTime, at: SaidAt): boolean => !(date < localNow(at).plus({ years: FARTHEST_YEARS }))

/** Whether a due date from a program is near enough to be stored. */
export function isWithinReach(due: Due, at: SaidAt): boolean {
  return !isTooFar(due.kind === 'day' ? DateTime.fromISO(due.date) : DateTime.fromISO(due.at), at)
}

/** An instant as programs write it, with or without its offset. */
function parseInstant(text: string, at: SaidAt): DueReading | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/i.test(text)) return undefined
  const instant = DateTime.fromISO(text, { zone: at.zone })
  if (!instant.isValid) return { kind: 'unclear', why: 'I did not understand that date' }
  if (isTooFar(instant, at)) return { kind: 'unclear', why: TOO_FAR }
  const due = dueAt(Math.floor(instant.toMillis() / 60_000) * 60_000)
  return due.kind === 'time' && Date.parse(due.at) > at.now.getTime()
    ? { kind: 'due', due }
    : { kind: 'unclear', why: PASSED }
}

/** What was said before a correction: the time of a due date, and its day if that is still ahead. */
function saidBefore(due: Due, at: SaidAt): Said {
  const isTime = due.kind === 'time'
  const local = isTime ? DateTime.fromISO(due.at, { zone: at.zone }) : DateTime.fromISO(due.date, { zone: 'utc' })
  const minutes = local.hour * 60 + local.minute
  const isMidnight = isTime && minutes === 0
  const date = dayOf(local).minus({ days: isMidnight ? 1 : 0 })
  return {
    date: isOverdue(due, at) ? undefined : { kind: 'date', date, isVague: false },
    clock: isTime ? { times: [isMidnight ? 1440 : minutes], isToday: false, isWork: false } : undefined,
  }
}

/**
 * The due date that a caller means, in their words as speech recognition writes them: "Friday", "tomorrow at five", "end
 * of the month", "March third". It is never in the past: a date that has passed means its next occurrence, or is unclear.
 * A plain weekday is never today; "next Friday" is the Friday of next week (weeks start on Monday); a bare hour from one to
 * seven is in the afternoon, from eight to eleven in the morning; midnight belongs to the day that it ends. It accepts
 * any text and throws a RangeError for an unknown zone. `before` is what was due so far: a new day keeps its time, and a
 * new time its day.
 */
export function parseDue(
  text: string,
  at: SaidAt & { readonly order?: DateOrder },
  before: Due | null = null,
): DueReading {
  const local = localNow(at)
  if (text.length > MOST_CHARACTERS) return { kind: 'unclear', why: 'That is too long for a date' }
  const instant = parseInstant(text.trim(), at)
  if (instant !== undefined) return instant
  const context: DateContext = { today: dayOf(local), order: at.order ?? 'month-day' }
  const parts = dateWords(text)
  const last = parts.at(-1)
  if (last === undefined) return { kind: 'unclear', why: 'No date was said' }
  if (parts.some(words => words.length > MOST_WORDS)) return { kind: 'unclear', why: 'That is too long for a date' }
  const readings = parts.map(words => readWords(words, context))
  const said = [...(before ? [saidBefore(before, at)] : []), ...readings].reduce(corrected)
  return said === undefined ? { kind: 'unclear', why: whyNot(last) } : resolve(said, at)
}

/**
 * A due date in words to be spoken: "today", "tomorrow at five", "Friday at noon", "Friday, January ninth", "tonight at
 * nine", "yesterday". parseDue reads what is due within the next year back as the same date.
 */
export function sayDue(due: Due, at: SaidAt): string {
  const today = dayOf(localNow(at))
  if (due.kind === 'day') return sayDay(DateTime.fromISO(due.date, { zone: 'utc' }), today)
  const local = DateTime.fromISO(due.at, { zone: at.zone })
  const { hour, minute } = local
  const isMidnight = hour === 0 && minute === 0
  const day = dayOf(local).minus({ days: isMidnight ? 1 : 0 })
  const isTonight = (isMidnight || hour >= 19) && day.equals(today)
  const dayName = isTonight ? 'tonight' : sayDay(day, today)
  if (isMidnight) return `${dayName} at midnight`
  return `${dayName} at ${isTonight ? sayHour(hour, minute) : sayTimeOfDay(hour, minute)}`
}

/** Whether its time has passed, or the whole of its day in the owner's zone. */
export function isOverdue(due: Due, at: SaidAt): boolean {
  if (due.kind === 'day') return due.date < localNow(at).toFormat('yyyy-MM-dd')
  return dueKey(due, at.zone) < at.now.toISOString()
}

/** Whether it is due on the owner's day, earlier or later; the midnight that ends the day belongs to it. */
export function isDueToday(due: Due, at: SaidAt): boolean {
  const key = dueKey(due, at.zone)
  const start = localNow(at).startOf('day')
  return key > start.toJSDate().toISOString() && key <= start.plus({ days: 1 }).startOf('day').toJSDate().toISOString()
}

/**
 * The key by which due dates sort: an ISO instant in UTC with milliseconds. That of a day is its last millisecond in
 * local time.
 */
export function dueKey(due: Due, zone: string): string {
  if (due.kind === 'time') return new Date(due.at).toISOString()
  return DateTime.fromISO(due.date, { zone }).endOf('day').toJSDate().toISOString()
}
