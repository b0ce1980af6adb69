import { contactsBy } from '../speech/contacts.ts'
import { tidied } from '../speech/tidied.ts'
import { abbreviationsInWords } from './abbreviations.ts'
import { datesInWords } from './dates.ts'
import { fractionsInWords } from './fractions.ts'
import { moneyInWords } from './money.ts'
import { spelled } from './number-words.ts'
import { numbersInFigures, numbersInWords, rangesInWords } from './numbers.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { unitsInWords } from './units.ts'
import { weekdaysInWords } from './weekdays.ts'

const { addresses, phones } = contactsBy({
  signs: { '.': 'dot', '-': 'dash', _: 'underscore', '+': 'plus' },
  ...{ at: 'at', dot: 'dot', plus: 'plus', extension: 'extension', spelled },
})

/** What reads the longest forms comes first: the parts of an address or a date look like numbers. */
const READERS = [
  tidied,
  addresses,
  datesInWords,
  weekdaysInWords,
  numbersInFigures,
  phones,
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
