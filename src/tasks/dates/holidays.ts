import { DateTime } from 'luxon'

/** The date in a year, as a midnight in UTC. */
export type InYear = (year: number) => DateTime

const fixed =
  (month: number, day: number): InYear =>
  year =>
    DateTime.utc(year, month, day)

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

const fromEaster =
  (days: number): InYear =>
  year =>
    easter(year).plus({ days })

/** The Tuesday after the first Monday of November. */
const election: InYear = year => nthWeekday(year, 11, 1, 1).plus({ days: 1 })
/** April 15th, unless that is at a weekend or the Friday on which Washington keeps Emancipation Day. */
function taxDay(year: number): DateTime {
  const date = DateTime.utc(year, 4, 15)
  return date.plus({ days: [0, 0, 0, 0, 3, 3, 2][date.weekday - 1] ?? 0 })
}
const thanksgiving: InYear = year => nthWeekday(year, 11, 4, 4)

/** The calendar of the United States. Names are as after normalising: lower case, no apostrophes, no article. */
export const HOLIDAYS: readonly (readonly [RegExp, InYear])[] = [
  [/^new years?(?: day)?$/, fixed(1, 1)],
  [/^new years? eve$|^nye$/, fixed(12, 31)],
  [
    /^(?:dr )?(?:martin luther king|mlk)(?: (?:jr|junior))?s?(?: day)?$|^civil rights day$/,
    year => nthWeekday(year, 1, 1, 3),
  ],
  [/^groundhogs? day$/, fixed(2, 2)],
  [/^(?:st |saint )?valentines?(?: day)?$/, fixed(2, 14)],
  [/^presidents?(?: day)?$|^washingtons? birthday$/, year => nthWeekday(year, 2, 1, 3)],
  [/^(?:st |saint )?(?:patricks?|paddys?|pattys?)(?: day)?$/, fixed(3, 17)],
  [/^april (?:fools?|1st fools?)(?: day)?$/, fixed(4, 1)],
  [/^(?:shrove|fat|pancake) (?:tuesday|day)$|^mardi gras$/, fromEaster(-47)],
  [/^ash wednesday$/, fromEaster(-46)],
  [/^palm sunday$/, fromEaster(-7)],
  [/^maundy thursday$|^holy thursday$/, fromEaster(-3)],
  [/^good friday$/, fromEaster(-2)],
  [/^easter(?: sunday| day)?$/, easter],
  [/^easter monday$/, fromEaster(1)],
  [/^ascension(?: day| thursday)?$/, fromEaster(39)],
  [/^pentecost(?: sunday)?$|^whit ?sunday$/, fromEaster(49)],
  [/^tax day$/, taxDay],
  [/^earth day$/, fixed(4, 22)],
  [/^may day$/, fixed(5, 1)],
  [/^cinco de mayo$/, fixed(5, 5)],
  [/^mothers? day$/, year => nthWeekday(year, 5, 7, 2)],
  [/^memorial day$/, year => lastWeekday(year, 5, 1)],
  [/^memorial day weekend$/, year => lastWeekday(year, 5, 1).minus({ days: 2 })],
  [/^flag day$/, fixed(6, 14)],
  [/^juneteenth$/, fixed(6, 19)],
  [/^fathers? day$/, year => nthWeekday(year, 6, 7, 3)],
  [/^(?:4th of july|july 4th|(?:us )?independence day)$/, fixed(7, 4)],
  [/^labou?r day$/, year => nthWeekday(year, 9, 1, 1)],
  [/^labou?r day weekend$/, year => nthWeekday(year, 9, 1, 1).minus({ days: 2 })],
  [/^grandparents? day$/, year => nthWeekday(year, 9, 1, 1).plus({ days: 6 })],
  [/^(?:columbus|indigenous peoples?) day$/, year => nthWeekday(year, 10, 1, 2)],
  [/^boss(?:es)? day$/, fixed(10, 16)],
  [/^halloween(?: day| night)?$|^all hallows eve$/, fixed(10, 31)],
  [/^all saints? day$/, fixed(11, 1)],
  [/^all souls? day$/, fixed(11, 2)],
  [/^election day$/, election],
  [/^(?:veterans?|remembrance|armistice) day$/, fixed(11, 11)],
  [/^thanksgiving(?: day)?$|^turkey day$/, thanksgiving],
  [/^thanksgiving eve$/, year => thanksgiving(year).minus({ days: 1 })],
  [/^black friday$/, year => thanksgiving(year).plus({ days: 1 })],
  [/^small business saturday$/, year => thanksgiving(year).plus({ days: 2 })],
  [/^cyber monday$/, year => thanksgiving(year).plus({ days: 4 })],
  [/^giving tuesday$/, year => thanksgiving(year).plus({ days: 5 })],
  [/^(?:christmas|xmas|x mas) eve$/, fixed(12, 24)],
  [/^(?:christmas|xmas|x mas)(?: day)?$/, fixed(12, 25)],
  [/^boxing day$/, fixed(12, 26)],
  [/^kwanzaa$/, fixed(12, 26)],
]
