import { contactsBy } from '../speech/contacts.ts'
import { sameThousands, withComma } from '../speech/continental-figures.ts'
import { tidied } from '../speech/tidied.ts'
import { abbreviationsInWords } from './abbreviations.ts'
import { datesInWords, decadesInWords, weekdaysInWords } from './dates.ts'
import { moneyInWords } from './money.ts'
import { spelled } from './number-words.ts'
import { fractionsInWords, numbersInWords, rangesInWords } from './numbers.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { unitsInWords } from './units.ts'

const { addresses, phones } = contactsBy({
  signs: { '.': 'Punkt', '-': 'Minus', _: 'Unterstrich', '+': 'plus' },
  ...{ at: 'at', dot: 'Punkt', plus: 'plus', extension: 'Durchwahl', spelled },
})

/** What reads the longest forms comes first: the parts of an address or a date look like numbers. */
const READERS = [
  tidied,
  addresses,
  weekdaysInWords,
  datesInWords,
  sameThousands,
  phones,
  timesInWords,
  withComma,
  moneyInWords,
  fractionsInWords,
  unitsInWords,
  rangesInWords,
  decadesInWords,
  abbreviationsInWords,
  signsInWords,
  numbersInWords,
  tidied,
]

/** A plain German text as it is spoken (see `Language`). */
export function inWords(text: string): string {
  return READERS.reduce((words, reader) => reader(words), text.replace(/\s+/g, ' '))
}
