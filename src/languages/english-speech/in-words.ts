import { abbreviationsInWords } from './abbreviations.ts'
import { addressesInWords, phonesInWords } from './contacts.ts'
import { datesInWords } from './dates.ts'
import { fractionsInWords } from './fractions.ts'
import { moneyInWords } from './money.ts'
import { numbersInFigures, numbersInWords, rangesInWords } from './numbers.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { unitsInWords } from './units.ts'
import { weekdaysInWords } from './weekdays.ts'

const tidied = (text: string): string =>
  text
    .replace(/ {2,}/g, ' ')
    .replaceAll('( ', '(')
    .replace(/ (?=[.,;:!?](?:[\s"')]|$))/g, '')
    .trim()

/** What reads the longest forms comes first: the parts of an address or a date look like numbers. */
const READERS = [
  tidied,
  addressesInWords,
  datesInWords,
  weekdaysInWords,
  numbersInFigures,
  phonesInWords,
  moneyInWords,
  rangesInWords,
  timesInWords,
  fractionsInWords,
  unitsInWords,
  abbreviationsInWords,
  signsInWords,
  numbersInWords,
  tidied,
]

/** A plain English text as it is spoken (see `Language`). */
export function inWords(text: string): string {
  return READERS.reduce((words, reader) => reader(words), text.replace(/\s+/g, ' '))
}
