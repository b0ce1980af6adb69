import { DateTime } from 'luxon'
import { comingYearly, type DateReader } from './date-reading.ts'

type InYear = (year: number) => DateTime

function fixed(month: number, day: number): InYear {
  return year => DateTime.utc(year, month, day)
}

/** The first, second… weekday of a month; weekday 1 is Monday. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): DateTime {
  const first = DateTime.utc(year, month, 1)
  return first.plus({ days: ((weekday - first.weekday + 7) % 7) + (nth - 1) * 7 })
}

/** The last of this weekday in a month. */
export function lastWeekday(year: number, month: number, weekday: number): DateTime {
  const last = DateTime.utc(year, month, 1).endOf('month').startOf('day')
  return last.minus({ days: (last.weekday - weekday + 7) % 7 })
}

/** Western Easter by the Gregorian computus. */
function easter(year: number): DateTime {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const corrected = century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25)
  const epact = (corrected + 19 * golden + 15) % 30
  const moon = epact - (epact > 28 || (epact === 28 && golden > 10) ? 1 : 0)
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7
  return DateTime.utc(year, 3, 28).plus({ days: moon - weekday })
}

/** Names as they are after normalising: lower case, no apostrophes, no article. */
const HOLIDAYS: readonly (readonly [RegExp, InYear])[] = [
  [/^new years?(?: day)?$/, fixed(1, 1)],
  [/^new years? eve$/, fixed(12, 31)],
  [/^valentines?(?: day)?$/, fixed(2, 14)],
  [/^(?:st|saint) patricks(?: day)?$/, fixed(3, 17)],
  [/^good friday$/, year => easter(year).minus({ days: 2 })],
  [/^easter(?: sunday)?$/, easter],
  [/^easter monday$/, year => easter(year).plus({ days: 1 })],
  [/^mothers day$/, year => nthWeekday(year, 5, 7, 2)],
  [/^memorial day$/, year => lastWeekday(year, 5, 1)],
  [/^juneteenth$/, fixed(6, 19)],
  [/^fathers day$/, year => nthWeekday(year, 6, 7, 3)],
  [/^(?:4th of july|july 4th|independence day)$/, fixed(7, 4)],
  [/^labou?r day$/, year => nthWeekday(year, 9, 1, 1)],
  [/^halloween$/, fixed(10, 31)],
  [/^veterans day$/, fixed(11, 11)],
  [/^thanksgiving(?: day)?$/, year => nthWeekday(year, 11, 4, 4)],
  [/^black friday$/, year => nthWeekday(year, 11, 4, 4).plus({ days: 1 })],
  [/^(?:christmas|xmas) eve$/, fixed(12, 24)],
  [/^(?:christmas|xmas)(?: day)?$/, fixed(12, 25)],
  [/^boxing day$/, fixed(12, 26)],
]

/** "Christmas", "Labor Day", "new year's eve": the next one, by the calendar of the United States. */
export const readHoliday: DateReader = (words, { today }) => {
  const name = words.replace(/^(?:this|next|coming) (?!year)/, '')
  const found = HOLIDAYS.find(([pattern]) => pattern.test(name))
  return found === undefined ? undefined : comingYearly(today, found[1])
}
