import { contactsBy } from '../speech/contacts.ts'
import { durationsBy } from '../speech/durations.ts'
import { keysBy } from '../speech/keys.ts'
import { plainFigures } from '../speech/plain-figures.ts'
import { tidied } from '../speech/tidied.ts'
import { abbreviationsInWords } from './abbreviations.ts'
import { datesInWords } from './dates.ts'
import { fractionsInWords } from './fractions.ts'
import { moneyInWords } from './money.ts'
import { spelled } from './number-words.ts'
import { numbersInFigures, numbersInWords, rangesInWords } from './numbers.ts'
import { romanNumeralsInFigures } from './roman-numerals.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { partsOfUnits, unitsInWords } from './units.ts'
import { weekdaysInWords } from './weekdays.ts'

const { addresses, phones } = contactsBy({
  signs: { '.': 'dot', '-': 'dash', _: 'underscore', '+': 'plus' },
  ...{ at: 'at', dot: 'dot', plus: 'plus', extension: 'extension', spelled },
})

const durationsInWords = durationsBy(['1 hour', 'hours'], ['1 minute', 'minutes'], ['1 second', 'seconds'])
const keysInWords = keysBy({
  before: '(?:press|hit|push|dial)(?: the)?(?: key| keys| number| button)?',
  called: '(?:call|dial|phone|text)',
  goesOn: 'or|and|for|if|in|at|to|from|when|now|immediately|right|instead|first|again|any|as|before|then|straight',
  amounts: 'times|more|of|people|and a half',
  ...{ joins: ', then | then |, or | or |, | and ', star: 'star', hash: 'pound', spelled },
})

/** What reads the longest forms comes first: the parts of an address or a date look like numbers. */
const READERS = [
  tidied,
  keysInWords,
  addresses,
  romanNumeralsInFigures,
  durationsInWords,
  datesInWords,
  weekdaysInWords,
  numbersInFigures,
  phones,
  moneyInWords,
  rangesInWords,
  timesInWords,
  partsOfUnits,
  fractionsInWords,
  unitsInWords,
  abbreviationsInWords,
  signsInWords,
  numbersInWords,
  tidied,
]

/** A plain English text as it is spoken (see `Language`). */
export function inWords(text: string): string {
  return READERS.reduce((words, reader) => reader(words), plainFigures(text, ',').replace(/\s+/g, ' '))
}
