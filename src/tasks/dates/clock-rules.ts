import type { ClockPiece, ClockTime, DayPart, TimeOfDay } from './clock.ts'
import { rule } from './meanings.ts'

const NOON = 720
const MIDNIGHT = 1440
const CLOSE_OF_BUSINESS = 17 * 60
const START_OF_BUSINESS = 9 * 60

const OF_24_HOURS = /^(\d{1,2})[ :]?(\d\d) hours$|^(0\d)(\d\d)$|^(1[3-9]|2[0-3])(00)$/
const HOUR_MINUTE = /^(\d{1,2}) (\d\d)$|^(\d{1,2}):(\d\d)(?::\d\d)?$|^(\d)(\d\d)$|^(1[0-2])([0-5]\d)$/
const HOUR = /^(\d{1,2})(?: ?oclock)?$/
const RUN_TOGETHER = /^(\d\d)(\d\d)$/

function timeAt(hour: string, minute: string, isExact = false): ClockTime | undefined {
  if (Number(hour) > 23 || Number(minute) > 59) return undefined
  const isPadded = hour.length === 2 && hour.startsWith('0') && minute !== ''
  return { hour: Number(hour), minute: Number(minute), shift: 0, isExact, isPadded }
}

/** A time in figures. `most`: a bare number above it is no hour. */
export function timeIn(text: string, most: number): ClockPiece | undefined {
  const exact = OF_24_HOURS.exec(text)
    ?.slice(1)
    .filter(group => group !== undefined)
  const usual = HOUR_MINUTE.exec(text)
    ?.slice(1)
    .filter(group => group !== undefined)
  const [hour = '', minute = ''] = exact ?? usual ?? HOUR.exec(text)?.slice(1) ?? []
  const isHour = hour !== '' && (minute !== '' || Number(hour) <= most)
  const time = isHour ? timeAt(hour, minute, exact !== undefined) : undefined
  return time && { time }
}

/** A time in figures where other words show that it is one: "at 17", "10 30" written as 1030 before "am". */
export function markedTimeIn(text: string): ClockPiece | undefined {
  const [, hour = '', minute = ''] = RUN_TOGETHER.exec(text) ?? []
  const time = hour === '' ? undefined : timeAt(hour, minute)
  return timeIn(text, 23) ?? (time && { time })
}

function beside(hour: number, minutes: number, side: string): ClockPiece | undefined {
  if (hour > 24 || minutes > 59) return undefined
  const shift = side === 'past' || side === 'after' ? minutes : -minutes
  return { time: { hour, minute: 0, shift, isExact: hour > 12, isPadded: false } }
}

const TO: ReadonlySet<string> = new Set(['to', 'till', 'til'])
const named = (time: TimeOfDay): ClockPiece => ({ named: time })

export const CLOCK_RULES = [
  rule('minutes', 'a? quarter', () => 15),
  rule('minutes', '<number> minute|minutes|min|mins?', (_, minutes) => minutes),
  rule('time', '<minutes> (to|till|til|before|of|past|after) <number> oclock?', (_, minutes, side, hour) =>
    // "Nine to five" are working hours.
    hour > 23 || (TO.has(side) && minutes % 5 !== 0) ? undefined : beside(hour, minutes, side),
  ),
  rule('time', '<number> minute|minutes|min|mins (to|till|til) <number> oclock?', (_, minutes, side, hour) =>
    hour > 23 ? undefined : beside(hour, minutes, side),
  ),
  rule('time', '<minutes> (to|till|til|before|of|past|after) (noon|midday|midnight)', (_, minutes, side, name) =>
    beside(name === 'midnight' ? 24 : 12, minutes, side),
  ),
  rule('time', 'half past? <number> oclock?', (_, hour) => (hour > 12 ? undefined : beside(hour, 30, 'past'))),

  rule('clock', 'before|until|till? at|@? <time>', (_, time) => time),
  rule('clock', 'before|until|till? at|@ <marked>', (_, time) => time),
  rule('clock', 'before|until|till? at|@? <time> in? (am|pm)', (_, time, half) => ({
    ...time,
    half: half as 'am' | 'pm',
  })),
  rule('clock', 'before|until|till? at|@? <marked> (am|pm)', (_, time, half) => ({
    ...time,
    half: half as 'am' | 'pm',
  })),
  rule('clock', '(am|pm)', (_, half) => ({ half: half as 'am' | 'pm' })),

  rule('clock', 'before|at? 12? oclock? noon|midday|noontime|lunch|lunchtime', () => named(NOON)),
  rule('clock', 'before|at? 12? oclock? midnight', () => named(MIDNIGHT)),
  rule('clock', 'before|at|by? cob', () => ({ ...named(CLOSE_OF_BUSINESS), isWork: true })),
  rule('clock', 'before|at? eod', () => named('day')),
  rule('clock', 'at? firstthing', () => named(START_OF_BUSINESS)),

  rule('clock', 'in|at|during? (morning|afternoon|evening|night) of|in?', (_, part) => ({ part: part as DayPart })),
  rule('clock', 'later? this (morning|afternoon|evening|night)', (_, part) => ({
    part: part as DayPart,
    isToday: true,
  })),
  rule('clock', 'at? dinner|dinnertime|supper|suppertime', () => ({ part: 'evening' })),
  rule('clock', 'later? tonight', () => ({ part: 'night', isToday: true })),
  rule('clock', 'in? (early|late|mid) in?', (_, edge) => ({ edge: edge as 'early' | 'late' | 'mid' })),
]

const COUNTED_HOURS = 'hour|hours|hr|hrs'

/** "In half an hour", "in an hour and a half", "ninety minutes from now". */
export const DELAY_RULES = [
  rule('duration', '<count> minute|minutes|min|mins', (_, minutes) => minutes),
  rule('duration', `<hours> ${COUNTED_HOURS}`, (_, hours) => hours * 60),
  rule(
    'duration',
    `<hours> ${COUNTED_HOURS} and? <number> minute|minutes|min|mins`,
    (_, hours, minutes) => hours * 60 + minutes,
  ),
  rule(
    'duration',
    `<hours> ${COUNTED_HOURS} and a|an? (half|quarter)`,
    (_, hours, part) => hours * 60 + (part === 'half' ? 30 : 15),
  ),
  rule(
    'duration',
    `<number> and a|an? (half|quarter) hours`,
    (_, hours, part) => hours * 60 + (part === 'half' ? 30 : 15),
  ),
  rule('duration', 'a? half a|an? hour', () => 30),
  rule('duration', 'a? quarter of? a|an? hour', () => 15),
  rule('duration', '3 quarters of? a|an? hour', () => 45),
  rule('duration', 'hour', () => 60),
  rule('delay', 'in|within|after? next|coming|following? <duration> time? hence?', (_, minutes) => minutes),
  rule('delay', 'today|tonight in <duration>', (_, minutes) => minutes),
  rule('delay', '<duration> later', (_, minutes) => minutes),
]
