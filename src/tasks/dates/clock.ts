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

/** A time as it was said, which may still lack its half of the day. */
export interface ClockTime {
  readonly hour: number
  readonly minute: number
  /** Minutes before (negative) or after the hour that was named. */
  readonly shift: number
  /** In 24-hour notation, whatever else is said: "17:30", "nine hundred hours". */
  readonly isExact: boolean
  /** Written with a leading zero: "05:30" is in the morning, unless more is said. */
  readonly isPadded: boolean
}

export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night'

/** Something about the time of day: each field was said or not. Pieces are put together in any order. */
export interface ClockPiece {
  readonly time?: ClockTime
  /** A time with a name: noon, midnight, close of business. */
  readonly named?: TimeOfDay
  readonly isWork?: true
  readonly half?: 'am' | 'pm'
  readonly part?: DayPart
  readonly isToday?: true
  /** "Early", "late": it means something only beside a part of the day or a day. */
  readonly edge?: 'early' | 'late' | 'mid'
}

const DAY_MINUTES = 1440
const NOON = 720
/** The time that a part of the day stands for, and when that part is over. */
const PARTS: Readonly<Record<DayPart, readonly [TimeOfDay, TimeOfDay]>> = {
  morning: [9 * 60, NOON],
  afternoon: [15 * 60, 17 * 60],
  evening: [18 * 60, 'day'],
  night: [20 * 60, 'day'],
}

/** "Late in the morning". */
const LATE: Readonly<Record<DayPart, TimeOfDay>> = {
  morning: 11 * 60,
  afternoon: 16 * 60,
  evening: 20 * 60,
  night: 22 * 60,
}

const MID_MORNING = 10 * 60

/** Both pieces together; undefined where they say the same thing twice and differently. */
export function together(one: ClockPiece, other: ClockPiece): ClockPiece | undefined {
  if ((one.time !== undefined || one.named !== undefined) && (other.time !== undefined || other.named !== undefined))
    return undefined
  if (one.half !== undefined && other.half !== undefined && one.half !== other.half) return undefined
  if (one.part !== undefined && other.part !== undefined && one.part !== other.part) {
    // "Tonight" is also said of an evening: "six in the evening tonight".
    const isTonight = [one, other].some(({ part, isToday }) => part === 'night' && isToday)
    return isTonight && [one, other].some(({ part }) => part === 'evening')
      ? { ...one, ...other, part: 'evening', isToday: true }
      : undefined
  }
  if (one.edge !== undefined && other.edge !== undefined) return undefined
  return { ...one, ...other }
}

/** The hour after midnight, of one to twelve in a part of the day; undefined if that part has no such hour. */
function hourIn(part: DayPart, hour: number): number | undefined {
  switch (part) {
    case 'morning':
      return hour % 12
    case 'afternoon':
      return (hour % 12) + 12
    case 'evening':
      return hour === 12 ? undefined : hour + 12
    case 'night':
      // "At two at night" means the night that follows this day.
      return hour === 12 ? 24 : hour < 5 ? 24 + hour : hour + 12
  }
}

/** The hour with "am" or "pm". A part of the day that is said as well must fit it. */
function hourOf(half: 'am' | 'pm', part: DayPart | undefined, hour: number): number | undefined {
  const plain = (hour % 12) + (half === 'pm' ? 12 : 0)
  switch (part) {
    case undefined:
      return plain
    case 'morning':
      return half === 'am' ? plain : undefined
    case 'afternoon':
    case 'evening':
      return half === 'pm' ? plain : undefined
    case 'night':
      return half === 'pm' ? (plain >= 17 ? plain : undefined) : plain < 5 ? plain + 24 : undefined
  }
}

/** Without "am" or "pm", one to seven is in the afternoon and eight to eleven in the morning. */
function likelyHours(hour: number): readonly [number, number] {
  const early = hour % 12
  return early >= 8 ? [early, early + 12] : [early + 12, early]
}

function hoursOf({ hour, isExact, isPadded }: ClockTime, { half, part }: ClockPiece): readonly number[] {
  const is24 = isExact || hour === 0 || hour > 12
  if (is24 || (isPadded && half === undefined && part === undefined)) {
    const isMorning = half === 'am' || part === 'morning'
    const isContrary = (half !== undefined || part !== undefined) && hour < 12 !== isMorning
    return isContrary ? [] : [hour]
  }
  if (half !== undefined) return [hourOf(half, part, hour)].filter(found => found !== undefined)
  if (part !== undefined) return [hourIn(part, hour)].filter(found => found !== undefined)
  return likelyHours(hour)
}

/** The reading of all that was said about the time of day; undefined if that is none. */
export function clockReading(piece: ClockPiece): ClockReading | undefined {
  const { time, named, part, half, edge, isToday = false, isWork = false } = piece
  const reading = (times: readonly TimeOfDay[]): ClockReading | undefined => {
    const [first, ...others] = times
    return first === undefined ? undefined : { times: [first, ...others], isToday, isWork }
  }
  if (named !== undefined) return half === undefined ? reading([named]) : undefined
  if (time !== undefined) {
    const minutes = hoursOf(time, piece).map(hour => hour * 60 + time.minute + time.shift)
    const [only = 0] = minutes
    // "Tonight at one", said after midnight, means the current night.
    if (isToday && only > DAY_MINUTES) return reading([only - DAY_MINUTES, only])
    return reading(minutes.filter(some => some >= 0))
  }
  const meant = part ?? (half && (half === 'am' ? 'morning' : 'afternoon'))
  if (meant === undefined || (part !== undefined && half !== undefined)) return undefined
  const [usual, end] = PARTS[meant]
  const start = edge === 'late' ? LATE[meant] : edge === 'mid' && meant === 'morning' ? MID_MORNING : usual
  return reading(isToday ? [start, end] : [start])
}
