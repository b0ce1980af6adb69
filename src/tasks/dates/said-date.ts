import { readCalendar } from './calendar-date.ts'
import { type ClockReading, readClock } from './date-clock.ts'
import { readDelayMinutes } from './date-delay.ts'
import { type DateContext, type DateReading, dated, WEEKDAY } from './date-reading.ts'
import { readHoliday } from './holiday-date.ts'
import { readPeriods } from './period-date.ts'
import { readRelative } from './relative-date.ts'

/** What was said about when: a day, a time of day, both, or a delay from now. */
export interface Said {
  readonly date: DateReading | undefined
  readonly clock: ClockReading | undefined
  readonly delayMinutes?: number
}

const AGAIN = /\b(?:every|each|daily|weekly|monthly|yearly|annually|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b/
const SEVERAL = /\b(?:or|and(?! a)|between|either|versus)\b/
const SOME_DAY = /\b(?:soon|later|some ?day|one day|eventually|whenever|never)\b/

/** Reads words that are a date and nothing else, with the first reader that knows them. */
export function readDate(words: string, context: DateContext): DateReading | undefined {
  const joined = words.replace(/\b(2[01]) (\d\d)$/, '$1$2').replace(/^later (?=this )/, '')
  return (
    readRelative(joined, context) ??
    readHoliday(joined, context) ??
    readPeriods(joined, context) ??
    readCalendar(joined, context)
  )
}

/** "Before Friday" is by Thursday; "before the end of the month" is by its end. */
function readDateBefore(words: string, context: DateContext): DateReading | undefined {
  const plain = words.replace(/^(?:before|till?) /, '')
  const reading = readDate(plain, context)
  if (!words.startsWith('before ') || reading?.kind !== 'date' || /^(?:end|close) /.test(plain)) return reading
  const isToday = reading.date.equals(context.today)
  const days = (isToday ? (reading.againDays ?? 0) : 0) - 1
  return dated(reading.date.plus({ days }), context.today)
}

/** Reads all the words as a date and a time of day around it, with the longest date that leaves no unread words. */
export function readWords(words: readonly string[], context: DateContext): Said | undefined {
  const delayMinutes = readDelayMinutes(words.join(' '))
  if (delayMinutes !== undefined) return { date: undefined, clock: undefined, delayMinutes }
  let unusable: Said | undefined
  for (let length = words.length; length > 0; length--) {
    for (let from = 0; from + length <= words.length; from++) {
      const rest = [...words.slice(0, from), ...words.slice(from + length)].join(' ')
      const clock = rest === '' ? undefined : readClock(rest)
      if (rest !== '' && clock === undefined) continue
      const part = words.slice(from, from + length).join(' ')
      const date = clock === undefined ? readDateBefore(part, context) : readDate(part, context)
      if (date?.kind === 'date') return { date, clock }
      if (date !== undefined) unusable ??= { date, clock }
    }
  }
  const clock = readClock(words.join(' '))
  return clock === undefined ? unusable : { date: undefined, clock }
}

/** A correction replaces only what it repeats: "tomorrow at five, no, six" is still tomorrow. */
export function corrected(before: Said | undefined, after: Said | undefined): Said | undefined {
  if (before === undefined || after === undefined || after.delayMinutes !== undefined) return after
  const date = after.date ?? (after.clock?.isToday ? undefined : before.date)
  const clock = after.clock ?? (before.clock?.isToday ? undefined : before.clock)
  return { date, clock }
}

/** Why no reader knows the words, as a short phrase. */
export function whyNot(words: readonly string[]): string {
  const text = words.join(' ')
  if (AGAIN.test(text)) return 'A task is due once, not again and again'
  if (SOME_DAY.test(text)) return 'That is no definite date'
  const weekdays = words.filter(word => new RegExp(`^(?:${WEEKDAY})$`).test(word))
  return SEVERAL.test(text) || weekdays.length > 1
    ? 'That sounds like more than one date'
    : 'I did not understand that date'
}
