import { contactsBy } from '../speech/contacts.ts'
import { sameThousands, withComma } from '../speech/continental-figures.ts'
import { durationsBy } from '../speech/durations.ts'
import { keysBy } from '../speech/keys.ts'
import { plainFigures } from '../speech/plain-figures.ts'
import { tidied } from '../speech/tidied.ts'
import { abbreviationsInWords } from './abbreviations.ts'
import { datesInWords, weekdaysInWords } from './dates.ts'
import { moneyInWords } from './money.ts'
import { spelled } from './number-words.ts'
import { fractionsInWords, numbersInWords, rangesInWords } from './numbers.ts'
import { romanNumeralsInFigures } from './roman-numerals.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { partsOfUnits, unitsInWords } from './units.ts'

const { addresses, phones } = contactsBy({
  signs: { '.': 'punto', '-': 'guion', _: 'guion bajo', '+': 'más' },
  ...{ at: 'arroba', dot: 'punto', plus: 'más', extension: 'extensión', spelled },
})

const durationsInWords = durationsBy(['1 hora', 'horas'], ['1 minuto', 'minutos'], ['1 segundo', 'segundos'])
const keysInWords = keysBy({
  before:
    '(?:marque|marca|marcar|pulse|pulsa|pulsar|presione|presiona|oprima|teclee|teclea)(?: (?:el|la|la tecla|el número|la opción|número))?',
  called:
    '(?:(?:llam(?:e|a|ar|en|ando)|telefone[ea]r?)(?: (?:al|a la|a|al número))|marque|marca|marcar|marque el|marca el)',
  goesOn: 'o|y|si|en|para|por|de|ahora|inmediatamente|cuando|desde|a|antes|ya',
  amounts: 'veces|de|personas|minutos|segundos|euros|horas',
  ...{ joins: ' o (?:al |el )?|, (?:al )?| y (?:al )?', star: 'asterisco', hash: 'almohadilla', spelled },
})

/** What reads the longest forms comes first: the parts of an address or a date look like numbers. */
const READERS = [
  tidied,
  keysInWords,
  addresses,
  romanNumeralsInFigures,
  durationsInWords,
  weekdaysInWords,
  datesInWords,
  sameThousands,
  phones,
  timesInWords,
  withComma,
  moneyInWords,
  partsOfUnits,
  fractionsInWords,
  unitsInWords,
  rangesInWords,
  abbreviationsInWords,
  signsInWords,
  numbersInWords,
  tidied,
]

/** A plain Spanish text as it is spoken (see `Language`). */
export function inWords(text: string): string {
  return READERS.reduce((words, reader) => reader(words), plainFigures(text, '.').replace(/\s+/g, ' '))
}
