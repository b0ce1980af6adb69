/** Minutes after the midnight that starts a day (1440 is the midnight that ends it), or 'day' for no particular time. */
export type TimeOfDay = number | 'day'

/** What words say about the time of day. */
export interface ClockReading {
  /** The possible times, likeliest first. If the day is today, the first that has not passed is meant. */
  readonly times: readonly [TimeOfDay, ...TimeOfDay[]]
  /** "Tonight", "this afternoon": only today can be meant. */
  readonly isToday: boolean
  /** "Close of business": without a day, a working day is meant. */
  readonly isWork: boolean
}

type PartOfDay = 'am' | 'pm' | 'morning' | 'afternoon' | 'evening' | 'night'

const DAY_MINUTES = 1440
const NOON = 720
const CLOSE_OF_BUSINESS = 17 * 60
/** The time that a part of the day stands for, and when that part is over. */
const PARTS: Readonly<Record<'morning' | 'afternoon' | 'evening' | 'night', readonly [TimeOfDay, TimeOfDay]>> = {
  morning: [9 * 60, NOON],
  afternoon: [15 * 60, 17 * 60],
  evening: [18 * 60, 'day'],
  night: [20 * 60, 'day'],
}

const NOONS = /^(?:noon|midday|12 noon|lunch|lunch ?time)$/
const MIDNIGHTS = /^(?:midnight|12 midnight)$/
const CLOSINGS = /^(?:(?:close|end) of (?:business|play|(?:work|working|business) day|workday)(?: day)?|cob|eob)$/
const DAY_ENDS = /^(?:end of day|days end|eod)$/
const DAY_STARTS = /^(?:first thing|1st thing|(?:start|beginning) of (?:business|(?:work|working|business)? ?day))$/

const PART = '(?:(later this|this|in|at|during) )?(morning|afternoon|evening|night)|((?:later )?tonight)'
const PART_ONLY = new RegExp(`^(?:${PART})$`)
const PART_FIRST = new RegExp(`^(?:${PART}) (?:at )?(.+)$`)
const PART_LAST = new RegExp(`^(.+?) (?:(am|pm)|${PART})$`)

const HOUR_MINUTE = /^(\d{1,2})(?: (?=\d\d$)|:)(\d\d)(?::\d\d)?$/
const HOUR = /^(\d{1,2})(?: ?o ?clock)?$/
const RUN_TOGETHER = /^(\d{1,2})(\d\d)(?: hours)?$/
const HALF = /^half(?: past)? (\d{1,2})(?: ?o ?clock)?$/
const BESIDE =
  /^(?:a )?(quarter|\d{1,2})(?: minutes?)? (to|till|til|before|of|past|after) (\d{1,2}|noon|midnight)(?: ?o ?clock)?$/

interface ClockTime {
  readonly hour: number
  readonly minute: number
  /** Minutes before (negative) or after the hour that was named. */
  readonly shift: number
  /** In 24-hour notation: "17:30", "05:30". */
  readonly isExact: boolean
}

function clockTimeOf(hour: string, minute: string, shift = 0): ClockTime | undefined {
  const isExact = Number(hour) > 12 || (hour.startsWith('0') && minute !== '')
  if (Number(hour) > 23 || Number(minute) > 59 || Math.abs(shift) > 59) return undefined
  return { hour: Number(hour), minute: Number(minute), shift, isExact }
}

/** Reads a clock time. A bare number above twelve needs more to be a time: "at 17", "1700 hours". */
function readClockTime(words: string, isMarked: boolean): ClockTime | undefined {
  const [, hour = '', minute = ''] = HOUR_MINUTE.exec(words) ?? []
  if (hour !== '') return clockTimeOf(hour, minute)
  const [, whole = ''] = HOUR.exec(words) ?? []
  if (whole !== '') return isMarked || Number(whole) <= 12 ? clockTimeOf(whole, '') : undefined
  const [, early = '', late = ''] = RUN_TOGETHER.exec(words) ?? []
  if (early !== '')
    return isMarked || early.length === 1 || words.endsWith('hours') ? clockTimeOf(early, late) : undefined
  const [, half = ''] = HALF.exec(words) ?? []
  if (half !== '') return Number(half) > 12 ? undefined : clockTimeOf(half, '30')
  const [, by = '', side = '', named = ''] = BESIDE.exec(words) ?? []
  if (by === '') return undefined
  const minutes = (by === 'quarter' ? 15 : Number(by)) * (side === 'past' || side === 'after' ? 1 : -1)
  if (named === 'midnight') return { hour: 24, minute: 0, shift: minutes, isExact: true }
  return clockTimeOf(named === 'noon' ? '12' : named, '', minutes)
}

function hourIn(part: PartOfDay, hour: number): number | undefined {
  if (part === 'am' || part === 'morning') return hour % 12
  if (part === 'night' && hour === 12) return 24
  // "At two at night" means the night that follows this day.
  if (part === 'night' && hour < 5) return 24 + hour
  return part === 'evening' && hour === 12 ? undefined : (hour % 12) + 12
}

/** Without "am" or "pm", one to seven is in the afternoon and eight to eleven in the morning. */
function likelyHours(hour: number): readonly [number, number] {
  const early = hour % 12
  return early >= 8 ? [early, early + 12] : [early + 12, early]
}

function timesOf(clockTime: ClockTime, part: PartOfDay | undefined): ClockReading['times'] | undefined {
  const minutes = (hour: number): number => hour * 60 + clockTime.minute + clockTime.shift
  if (clockTime.isExact || clockTime.hour === 0) {
    const isContrary = part !== undefined && clockTime.hour < 12 !== (part === 'am' || part === 'morning')
    return isContrary || minutes(clockTime.hour) < 0 ? undefined : [minutes(clockTime.hour)]
  }
  if (part === undefined) {
    const [likely, other] = likelyHours(clockTime.hour)
    return minutes(other) < 0 ? [minutes(likely)] : [minutes(likely), minutes(other)]
  }
  const hour = hourIn(part, clockTime.hour)
  return hour === undefined || minutes(hour) < 0 ? undefined : [minutes(hour)]
}

function clock(times: ClockReading['times'], isToday = false, isWork = false): ClockReading {
  return { times, isToday, isWork }
}

function readNamed(words: string): ClockReading | undefined {
  if (NOONS.test(words)) return clock([NOON])
  if (MIDNIGHTS.test(words)) return clock([DAY_MINUTES])
  if (CLOSINGS.test(words)) return clock([CLOSE_OF_BUSINESS], false, true)
  if (DAY_ENDS.test(words)) return clock(['day'])
  return DAY_STARTS.test(words) ? clock([9 * 60]) : undefined
}

function partOfDay(name: string | undefined): keyof typeof PARTS {
  return name === 'morning' || name === 'afternoon' || name === 'evening' ? name : 'night'
}

/** A time with "am", "pm" or a part of the day: "five pm", "nine in the morning", "this afternoon at three". */
function readWithPart(words: string): ClockReading | undefined {
  const [, firstWhich, firstName, firstTonight, after] = PART_FIRST.exec(words) ?? []
  const [, before, half, lastWhich, lastName, lastTonight] = after === undefined ? (PART_LAST.exec(words) ?? []) : []
  const core = after ?? before
  if (core === undefined) return undefined
  const which = firstWhich ?? lastWhich ?? firstTonight ?? lastTonight ?? ''
  const isToday = which.endsWith('this') || which.endsWith('tonight')
  const part = half === 'am' || half === 'pm' ? half : partOfDay(firstName ?? lastName)
  const named = half === undefined ? readNamed(core) : undefined
  if (named !== undefined) return { ...named, isToday }
  const clockTime = readClockTime(core.replace(/^at /, ''), true)
  const times = clockTime && timesOf(clockTime, part)
  const [only] = times ?? []
  // "Tonight at one", said after midnight, means the current night.
  if (isToday && typeof only === 'number' && only > DAY_MINUTES) return clock([only - DAY_MINUTES, only], true)
  return times && clock(times, isToday)
}

/** Reads words that are a time of day and nothing else: "at five", "half past three", "this afternoon", "noon". */
export function readClock(words: string): ClockReading | undefined {
  const said = words.replace(/^before /, '').replace(/^(?:at|@) /, '')
  const named = readNamed(said)
  if (named !== undefined) return named
  const part = PART_ONLY.exec(said)
  if (part !== null) {
    const [, which = '', name, tonight] = part
    const isToday = which.endsWith('this') || tonight !== undefined
    const [start, end] = PARTS[partOfDay(name)]
    return clock(isToday ? [start, end] : [start], isToday)
  }
  const clockTime = readClockTime(said, said !== words)
  const times = clockTime && timesOf(clockTime, undefined)
  return times === undefined ? readWithPart(said) : clock(times)
}
