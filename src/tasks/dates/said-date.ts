import { CALENDAR_RULES } from './calendar-rules.ts'
import { type ClockPiece, type ClockReading, clockReading, together } from './clock.ts'
import { CLOCK_RULES, DELAY_RULES } from './clock-rules.ts'
import { DAY_RULES } from './day-rules.ts'
import { type DateContext, readerOf } from './grammar.ts'
import { type DateReading, wrong } from './meanings.ts'
import { PERIOD_RULES } from './period-rules.ts'
import { TERMINALS } from './vocabulary.ts'

/** What was said about when: a day, a time of day, both, or a delay from now. */
export interface Said {
  readonly date: DateReading | undefined
  readonly clock: ClockReading | undefined
  readonly delayMinutes?: number
}

const RULES = [...DELAY_RULES, ...CLOCK_RULES, ...DAY_RULES, ...CALENDAR_RULES, ...PERIOD_RULES]
/** A day and the pieces of a time: "five", "thirty", "in the evening", "on Friday". */
const MOST_PIECES = 5

const AGAIN =
  /\b(?:every|each|daily|nightly|hourly|weekly|biweekly|monthly|yearly|annually|weekdays|weekends|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b/
const SEVERAL = /\b(?:or|and(?! a)|between|either|versus|through|to)\b/
const SOME_DAY = /\b(?:soon|later|some ?day|one day|eventually|whenever|never)\b/
const MANY_DAYS = 'That could be any of several days'

/** Reads all the words as a day and a time of day, in as few pieces as possible. */
export function readWords(words: readonly string[], context: DateContext): Said | undefined {
  const read = readerOf(RULES, TERMINALS, words, context)
  const { length } = words
  let unusable: Said | undefined

  function said(date: DateReading | undefined, piece: ClockPiece): Said | undefined {
    // "Early Friday" is that day; "early" alone is nothing.
    const isEdge = piece.edge !== undefined && piece.part === undefined
    if (isEdge && date === undefined) return undefined
    // "Tuesday am".
    if (date === undefined && piece.half !== undefined && piece.time === undefined) return undefined
    if (Object.keys(piece).length === 0 || (isEdge && Object.keys(piece).length === 1))
      return { date, clock: undefined }
    const clock = clockReading(piece)
    if (clock === undefined) return undefined
    if (date?.kind === 'date' && date.isVague) return { date: wrong(MANY_DAYS), clock }
    return { date, clock }
  }

  // The fewest pieces from each word on, so that words which nothing reads end the search at once.
  const fewest = Array.from({ length: length + 1 }, (_, from) => (from === length ? 0 : Number.POSITIVE_INFINITY))
  for (let from = length - 1; from >= 0; from--) {
    for (let end = from + 1; end <= length; end++) {
      const pieces = 1 + (fewest[end] ?? 0)
      const isFewer = pieces <= MOST_PIECES && pieces < (fewest[from] ?? 0)
      if (isFewer && (read('day', from, end) ?? read('clock', from, end)) !== undefined) fewest[from] = pieces
    }
  }

  /** The rest of the words in exactly so many pieces. */
  function inPieces(from: number, left: number, date: DateReading | undefined, piece: ClockPiece): Said | undefined {
    if (left === 0) {
      if (from < length) return undefined
      const found = said(date, piece)
      if (found?.date?.kind !== 'wrong') return found
      unusable ??= found
      return undefined
    }
    for (let end = left === 1 ? length : from + 1; end <= length - left + 1; end++) {
      if ((fewest[end] ?? 0) >= left) continue
      const day = date === undefined ? read('day', from, end) : undefined
      const withDay = day && inPieces(end, left - 1, day, piece)
      if (withDay) return withDay
      const clock = read('clock', from, end)
      const both = clock && together(piece, clock)
      const withClock = both && inPieces(end, left - 1, date, both)
      if (withClock) return withClock
    }
    return undefined
  }

  const whole = read('wholeDay', 0, length)
  if (whole !== undefined) return { date: whole, clock: undefined }
  const clock = read('clock', 0, length)
  const delayMinutes = clock === undefined ? read('delay', 0, length) : undefined
  if (delayMinutes !== undefined) return { date: undefined, clock: undefined, delayMinutes }
  const first = words[0] === 'before' ? 1 : 0
  for (const from of first === 0 ? [0] : [0, 1]) {
    for (let pieces = 1; pieces <= Math.min(MOST_PIECES, length - from); pieces++) {
      const found = inPieces(from, pieces, undefined, {})
      if (found !== undefined) return found
      // More pieces would read something else into the same words.
      if (unusable !== undefined) return unusable
    }
  }
  return unusable
}

/** A correction replaces only what it repeats: "tomorrow at five, no, six" is still tomorrow. */
export function corrected(before: Said | undefined, after: Said | undefined): Said | undefined {
  if (before === undefined || after === undefined || after.delayMinutes !== undefined) return after
  const date = after.date ?? (after.clock?.isToday ? undefined : before.date)
  // A week or a month has no time of its own, and "tonight" is no time of another day.
  const isDay = after.date?.kind !== 'date' || !after.date.isVague
  const clock = after.clock ?? (before.clock?.isToday || !isDay ? undefined : before.clock)
  return { date, clock }
}

/** Why no rule reads the words, as a short phrase. */
export function whyNot(words: readonly string[]): string {
  const text = words.join(' ')
  if (AGAIN.test(text)) return 'A task is due once, not again and again'
  if (SOME_DAY.test(text)) return 'That is no definite date'
  const weekdays = words.filter(word => TERMINALS.weekday?.(word) !== undefined)
  return SEVERAL.test(text) || weekdays.length > 1
    ? 'That sounds like more than one date'
    : 'I did not understand that date'
}
