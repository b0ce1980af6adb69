import { markedTimeIn, timeIn } from './clock-rules.ts'
import type { Terminals } from './grammar.ts'
import { HOLIDAYS } from './holidays.ts'
import type { Meanings, Span, Unit } from './meanings.ts'

const WEEKDAY =
  /^(?:mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)$/
const WEEKDAYS = /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$/
const MONTH =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/
const NUMERIC =
  /^(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}([/.-])\d{1,2}\1\d{2,4}|\d{1,2}\/\d{1,2}|\d{1,2}-(?:1[3-9]|[23]\d))$/
const UNIT = /^(day|workday|fortnight|week|weekend|month|quarter|year)s?$/
const SPAN = /^(week|weekend|month|quarter|year)$/
const COUNTS: Readonly<Record<string, number>> = { a: 1, an: 1, couple: 2, few: 3, 'a couple': 2, 'a few': 3 }

/** The number after the first letters of a name in this list. */
const namedBy = (pattern: RegExp, names: string) => {
  const all = names.split(' ')
  return (text: string): number | undefined => (pattern.test(text) ? all.indexOf(text.slice(0, 3)) + 1 : undefined)
}
const matched = (pattern: RegExp, text: string): string | undefined => pattern.exec(text)?.[1]

const weekday = namedBy(WEEKDAY, 'mon tue wed thu fri sat sun')

/** Meanings that words have by themselves, joined with single spaces. */
export const TERMINALS: Terminals<Meanings> = {
  number: text => (/^(?:0|[1-9]\d{0,3})$/.test(text) ? Number(text) : undefined),
  nth: text => (/^\d{1,4}(?:st|nd|rd|th)$/.test(text) ? Number.parseInt(text, 10) : undefined),
  count: text => COUNTS[text] ?? (/^\d{1,4}$/.test(text) ? Number(text) : undefined),
  weekday,
  weekdays: text => (WEEKDAYS.test(text) ? weekday(text.replace(/s$/, '')) : undefined),
  month: namedBy(MONTH, 'jan feb mar apr may jun jul aug sep oct nov dec'),
  year: text => (/^(?:19|20|21) ?\d\d$/.test(text) ? Number(text.replace(' ', '')) : undefined),
  unit: text => matched(UNIT, text) as Unit | undefined,
  span: text => matched(SPAN, text) as Span | undefined,
  holiday: text => HOLIDAYS.find(([name]) => name.test(text))?.[1],
  time: text => timeIn(text, 12),
  marked: markedTimeIn,
  hours: text => COUNTS[text] ?? (/^\d{1,3}(?:\.(?:25|5|75))?$/.test(text) ? Number(text) : undefined),
  numeric: text => (NUMERIC.test(text) ? text.split(/[/.-]/).map(Number) : undefined),
}
