/** Minutes after a day's first midnight, 1440 for the midnight that ends it; or that day with no time of its own. */
export type TimeOfDay = number | 'day'

/** What words say about the time of day. */
export interface ClockReading {
  /** What can be meant, the likeliest first; a later one is meant where the day is today and those before have passed. */
  readonly times: readonly [TimeOfDay, ...TimeOfDay[]]
  /** "Tonight", "this afternoon": no other day is meant. */
  readonly isToday: boolean
  /** "Close of business": where no day is said, a working day is meant. */
  readonly isWork: boolean
}

type PartOfDay = 'am' | 'pm' | 'morning' | 'afternoon' | 'evening' | 'night'

const DAY_MINUTES = 1440
const NOON = 720
const CLOSE_OF_BUSINESS = 17 * 60
/** When a part of the day is meant as a time, and when it is over. */
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

interface Face {
  readonly hour: number
  readonly minute: number
  /** Minutes before (negative) or after the hour that was named. */
  readonly shift: number
  /** Written so that it is of twenty four hours: "17:30", "05:30". */
  readonly isExact: boolean
}

function faceOf(hour: string, minute: string, shift = 0): Face | undefined {
  const isExact = Number(hour) > 12 || (hour.startsWith('0') && minute !== '')
  if (Number(hour) > 23 || Number(minute) > 59 || Math.abs(shift) > 59) return undefined
  return { hour: Number(hour), minute: Number(minute), shift, isExact }
}

/** The words of a clock's face; a bare number above twelve needs more to be a time: "at 17", "1700 hours". */
function readFace(words: string, isMarked: boolean): Face | undefined {
  const [, hour = '', minute = ''] = HOUR_MINUTE.exec(words) ?? []
  if (hour !== '') return faceOf(hour, minute)
  const [, whole = ''] = HOUR.exec(words) ?? []
  if (whole !== '') return isMarked || Number(whole) <= 12 ? faceOf(whole, '') : undefined
  const [, early = '', late = ''] = RUN_TOGETHER.exec(words) ?? []
  if (early !== '') return isMarked || early.length === 1 || words.endsWith('hours') ? faceOf(early, late) : undefined
  const [, half = ''] = HALF.exec(words) ?? []
  if (half !== '') return Number(half) > 12 ? undefined : faceOf(half, '30')
  const [, by = '', side = '', named = ''] = BESIDE.exec(words) ?? []
  if (by === '') return undefined
  const minutes = (by === 'quarter' ? 15 : Number(by)) * (side === 'past' || side === 'after' ? 1 : -1)
  if (named === 'midnight') return { hour: 24, minute: 0, shift: minutes, isExact: true }
  return faceOf(named === 'noon' ? '12' : named, '', minutes)
}

function hourIn(part: PartOfDay, hour: number): number | undefined {
  if (part === 'am' || part === 'morning') return hour % 12
  if (part === 'night' && hour === 12) return 24
  // "At two at night" is in the night that this day ends with.
  if (part === 'night' && hour < 5) return 24 + hour
  return part === 'evening' && hour === 12 ? undefined : (hour % 12) + 12
}

/** One to seven is after noon and eight to eleven before it, unless it was said. */
function likelyHours(hour: number): readonly [number, number] {
  const early = hour % 12
  return early >= 8 ? [early, early + 12] : [early + 12, early]
}

function timesOf(face: Face, part: PartOfDay | undefined): ClockReading['times'] | undefined {
  const minutes = (hour: number): number => hour * 60 + face.minute + face.shift
  if (face.isExact || face.hour === 0) {
    const isContrary = part !== undefined && face.hour < 12 !== (part === 'am' || part === 'morning')
    return isContrary || minutes(face.hour) < 0 ? undefined : [minutes(face.hour)]
  }
  if (part === undefined) {
    const [likely, other] = likelyHours(face.hour)
    return minutes(other) < 0 ? [minutes(likely)] : [minutes(likely), minutes(other)]
  }
  const hour = hourIn(part, face.hour)
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

/** A time with its half or part of the day: "five pm", "nine in the morning", "this afternoon at three". */
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
  const face = readFace(core.replace(/^at /, ''), true)
  const times = face && timesOf(face, part)
  const [only] = times ?? []
  // "Tonight at one", said after midnight, is in the night that it is.
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
  const face = readFace(said, said !== words)
  const times = face && timesOf(face, undefined)
  return times === undefined ? readWithPart(said) : clock(times)
}
