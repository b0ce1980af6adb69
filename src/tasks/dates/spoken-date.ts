import type { DateTime } from 'luxon'

const SMALL = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/)
const TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const IRREGULAR: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
}
/** Formatting by a library costs more than all else in a list of a thousand tasks. */
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAY_MS = 24 * 3_600_000
/** Up to this many days ahead or back, a day is named by its weekday alone. */
const NEAR_DAYS = 6

function cardinal(value: number): string {
  if (value < 20) return SMALL[value] ?? ''
  const tens = TENS[Math.floor(value / 10)] ?? ''
  return value % 10 === 0 ? tens : `${tens} ${SMALL[value % 10]}`
}

/** "twenty third" of 23; values from 1 to 99. */
export function ordinal(value: number): string {
  const words = cardinal(value).split(' ')
  const last = words.at(-1) ?? ''
  const ending = IRREGULAR[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`)
  return [...words.slice(0, -1), ending].join(' ')
}

/** "twenty twenty seven", "two thousand five", "nineteen hundred". */
function yearInWords(year: number): string {
  const century = Math.floor(year / 100)
  const rest = year % 100
  if (century % 10 === 0 && rest < 10) {
    return `${cardinal(century / 10)} thousand${rest === 0 ? '' : ` ${cardinal(rest)}`}`
  }
  if (rest === 0) return `${cardinal(century)} hundred`
  return `${cardinal(century)} ${rest < 10 ? 'oh ' : ''}${cardinal(rest)}`
}

/** "March third", in the date's own zone. */
export function sayMonthDay(date: DateTime): string {
  return `${MONTHS[date.month - 1]} ${ordinal(date.day)}`
}

/** "Friday". */
export function sayWeekday(date: DateTime): string {
  return WEEKDAYS[date.weekday - 1] ?? ''
}

/**
 * A day as people say it: "today", "tomorrow", "Friday" for up to six days ahead, then "Friday, January ninth", with the
 * year when it is another; behind, "yesterday", "last Friday", "January third". Both are midnights in the same zone.
 */
export function sayDay(date: DateTime, today: DateTime): string {
  const days = Math.round((date.toMillis() - today.toMillis()) / DAY_MS)
  if (days === 0) return 'today'
  if (Math.abs(days) === 1) return days === 1 ? 'tomorrow' : 'yesterday'
  if (Math.abs(days) <= NEAR_DAYS) return `${days < 0 ? 'last ' : ''}${sayWeekday(date)}`
  const year = date.year === today.year ? '' : `, ${yearInWords(date.year)}`
  return `${days < 0 ? '' : `${sayWeekday(date)}, `}${sayMonthDay(date)}${year}`
}

/**
 * A time of day as people say it: "noon", "five", "five thirty", "nine oh five". From nine in the morning until seven in
 * the evening the hour is clear by itself; otherwise "seven in the evening", "eight in the morning".
 */
export function sayTimeOfDay(hour: number, minute: number): string {
  if (hour === 12 && minute === 0) return 'noon'
  const minutes = minute === 0 ? '' : ` ${minute < 10 ? 'oh ' : ''}${cardinal(minute)}`
  const plain = `${cardinal(hour % 12 === 0 ? 12 : hour % 12)}${minutes}`
  if (hour < 9) return `${plain} in the morning`
  if (hour < 19) return plain
  return hour < 22 ? `${plain} in the evening` : `${plain} at night`
}

/** "nine" of 21:00 and "seven thirty" of 19:30, to be said after "tonight". */
export function sayHour(hour: number, minute: number): string {
  return sayTimeOfDay(hour, minute).replace(/ (?:in the|at) \w+$/, '')
}
