import { cardinal, ordinalStem, yearWords } from './number-words.ts'
import { clockWords } from './times.ts'

export const MONTHS = `Januar Februar März April Mai Juni Juli August September Oktober November Dezember`.split(' ')
/** As they are shortened, without their full stops. */
export const SHORT_MONTHS = 'Jan Jän Feb Mär Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez'.split(' ')
const MONTH =
  '(J[aä]n(?:uar|ner)?|Feb(?:ruar|er)?|Mär(?:z)?|Mrz|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|Nov(?:ember)?|Dez(?:ember)?)(?![\\p{L}])(?:\\.(?= ?\\d| \\p{Ll}))?'
const ISO =
  /(?<![\w.-])(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:(?:T| (?=\d\d:\d\d))(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w]|-\d)/g
const FIGURES = /(?<![\w./-])(\d{1,2})([./-]) ?(\d{1,2})(?:\2 ?(\d{4}|\d{2})(?![\w/]|[.-]\d)|\.(?![\w]|\.\d| \d))/g
/** "24.–26.12.": the month is said once. */
const DAYS_OF_MONTH = /(?<![\w./-])(\d{1,2})\.(?: ?[–—-] ?| bis (?:zum )?| und )(?=(\d{1,2})\. ?(?:0?[1-9]|1[0-2])\.)/g
const TO = '(?: ?[–—-] ?| bis (?:zum )?| und (?:der |den |dem |am )?)'
const DAY_MONTH = new RegExp(
  `(?<![\\p{L}\\d.,:/-])(\\d{1,2})\\.(?:(${TO})(\\d{1,2})\\.)? ?${MONTH}(?: (\\d{4})(?![\\d.,]\\d))?`,
  'gu',
)
const MONTH_YEAR = new RegExp(`(?<!\\p{L})${MONTH}(?= \\d{4}(?!\\d))`, 'gu')
/** "Im 3. Stock", "der 1. Platz": elsewhere a full stop behind a number ends a sentence. */
const ORDINAL =
  /(?<=(?<!\p{L})(am|im|zum|zur|vom|beim|ins|der|die|das|dem|den|des|diese[rsnm]?|jede[rsnm]?|ein|eine[rsnm]?|mein|meine[rsnm]?|ihr|ihre[rsnm]?|unser|unsere[rsnm]?|jeweils|ab|seit|bis) )(\d{1,3})\.(?= (?:\p{L}|$)|$)/giu

/** What is counted by its order: "3. Kapitel", "19. Jahrhundert". By gender, as its beginning tells where nothing else does. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  er: [
    'Stock',
    'Termin',
    'Versuch',
    'Tag',
    'Platz',
    'Teil',
    'Jahrestag',
    'Geburtstag',
    'Gang',
    'Schritt',
    'Weltkrieg',
    'Feiertag',
  ],
  e: [
    'Klasse',
    'Etage',
    'Runde',
    'Liga',
    'Woche',
    'Rate',
    'Mahnung',
    'Stelle',
    'Auflage',
    'Aufgabe',
    'Stunde',
    'Reihe',
  ],
  es: [
    'Kapitel',
    'Jahrhundert',
    'Jh',
    'Mal',
    'Quartal',
    'Semester',
    'Obergeschoss',
    'OG',
    'UG',
    'Jahr',
    'Kind',
    'Halbjahr',
  ],
}
/** The nouns before which a number with a full stop is an ordinal. */
export const ORDERED: readonly string[] = [
  ...Object.values(COUNTED).flat(),
  'Reich',
  'Republik',
  'Internationale',
  'Stunde',
]
const ENDINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(COUNTED).flatMap(([ending, nouns]) => nouns.map(noun => [noun, ending] as const)),
)
const COUNTED_NOUN = new RegExp(
  `(?<![\\p{L}\\p{N}.,])(\\d{1,3})\\. ?(?=(${[...ENDINGS.keys()].join('|')})(?!\\p{L}))`,
  'gu',
)

const isDay = (month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= 31
function monthName(written: string): string {
  const begins = written.replace(/^Jän/, 'Jan').replace(/^Mrz/, 'Mär').slice(0, 3)
  return MONTHS.find(name => name.startsWith(begins)) ?? written
}

const OF_OTHERS =
  /(?:^|\P{L})(?:\p{L}{2,20}ten bis(?: zum)?|am|im|zum|zur|vom|beim|dem|den|des|\p{L}{2,10}e[nm]|ab|seit|bis|nach|vor)$/iu
const OF_ARTICLES = /(?:^|\P{L})(?:der|die|das|diese[rs]?|jede[rs]?|eine)$/iu

/** The ordinal number with the ending that it has after these words. */
function ordinalAfter(before: string, digits: string): string {
  const last = before.trimEnd()
  const ending = OF_OTHERS.test(last) ? 'en' : OF_ARTICLES.test(last) ? 'e' : 'er'
  return ordinalStem(digits) + ending
}
const wordsBefore = (all: string, at: number): string => all.slice(Math.max(0, at - 20), at)

function dateWords(before: string, day: string, month: number, year?: string): string {
  const inFull = year?.length === 2 ? `20${year}` : year
  return `${ordinalAfter(before, day)} ${MONTHS[month - 1]}${inFull === undefined ? '' : ` ${yearWords(inFull)}`}`
}

/** Dates as they are said: "am sechsundzwanzigsten November zweitausendsechsundzwanzig". Figures have the day first. */
export function datesInWords(text: string): string {
  return text
    .replace(ISO, (whole, year, _, month, day, hour, minute, at: number, all: string) => {
      if (!isDay(Number(month), Number(day))) return whole
      const time = hour === undefined ? '' : ` um ${clockWords(hour, minute)}`
      return dateWords(wordsBefore(all, at), day, Number(month), year) + time
    })
    .replace(DAYS_OF_MONTH, (whole: string, day: string, last: string, at: number, all: string) => {
      if (!isDay(1, Number(day)) || !isDay(1, Number(last))) return whole
      const between = /\p{L}/u.exec(whole) === null ? ' bis ' : whole.slice(day.length + 1)
      return `${ordinalAfter(wordsBefore(all, at), day)}${between}`
    })
    .replace(FIGURES, (whole: string, first: string, sign: string, second: string, year, at: number, all: string) => {
      if (sign !== '.' && year === undefined) return whole
      const isMonthFirst = sign !== '.' && Number(second) > 12
      const [day, month] = isMonthFirst ? [second, first] : [first, second]
      return isDay(Number(month), Number(day)) ? dateWords(wordsBefore(all, at), day, Number(month), year) : whole
    })
    .replace(DAY_MONTH, (whole: string, day: string, to, last, month: string, year, at: number, all: string) => {
      if (!isDay(1, Number(day)) || (last !== undefined && !isDay(1, Number(last)))) return whole
      const before = wordsBefore(all, at)
      const between = to === undefined ? '' : /\p{L}/u.test(to) ? to : ' bis '
      const until = last === undefined ? '' : `${between}${ordinalAfter(before, last)}`
      return `${ordinalAfter(before, day)}${until} ${monthName(month)}${year === undefined ? '' : ` ${yearWords(year)}`}`
    })
    .replace(MONTH_YEAR, (_, month: string) => monthName(month))
    .replace(ORDINAL, (_, before: string, digits: string) => ordinalAfter(before, digits))
    .replace(COUNTED_NOUN, (_, digits: string, noun: string) => `${ordinalStem(digits)}${ENDINGS.get(noun) ?? 'e'} `)
}

const DAYS: Readonly<Record<string, string>> = {
  ...{ Mo: 'Montag', Di: 'Dienstag', Mi: 'Mittwoch', Do: 'Donnerstag', Fr: 'Freitag', Sa: 'Samstag', So: 'Sonntag' },
}
const DAY = '(Mo|Di|Mi|Do|Fr|Sa|So)'
const DAYS_TO = new RegExp(`(?<![\\p{L}\\p{N}])${DAY}\\.? ?[–—-] ?${DAY}(?![\\p{L}\\p{N}])\\.?`, 'gu')
const DAY_BEFORE = new RegExp(`(?<![\\p{L}\\p{N}])${DAY}(?:\\.,?|,)(?= (?:den |der )?\\d)`, 'gu')
const TWO_DAYS = new RegExp(
  `(?<![\\p{L}\\p{N}])${DAY}\\.?( und | oder | bis |, |/)${DAY}(?![\\p{L}\\p{N}])(?:\\.(?= ))?`,
  'gu',
)
const DAYS_IN_FULL = /(?<=tag|woch) ?[–—-] ?(?=(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch)/gu

/** Weekdays in full: "Montag bis Freitag". */
export function weekdaysInWords(text: string): string {
  return text
    .replace(DAYS_TO, (whole, from: string, to: string) => `${DAYS[from] ?? whole} bis ${DAYS[to] ?? whole}`)
    .replace(TWO_DAYS, (whole, from: string, joint: string, to: string) => {
      return `${DAYS[from] ?? whole}${joint.replace('/', ' oder ')}${DAYS[to] ?? whole}`
    })
    .replace(DAY_BEFORE, (whole, day: string) => `${DAYS[day] ?? whole},`)
    .replace(DAYS_IN_FULL, ' bis ')
}

const DECADE = /(?<![\p{L}\p{N}.,])['’]?(\d{1,3}|1[1-9]\d0|20\d0)er(?![\p{L}\p{N}])/gu

/** "neunziger". */
export const decadesInWords = (text: string): string =>
  text.replace(DECADE, (_, digits: string) => `${digits.length === 4 ? yearWords(digits) : cardinal(digits)}er`)
