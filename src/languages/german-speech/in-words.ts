import { contactsBy } from '../speech/contacts.ts'
import { sameThousands, withComma } from '../speech/continental-figures.ts'
import { durationsBy } from '../speech/durations.ts'
import { keysBy } from '../speech/keys.ts'
import { plainFigures } from '../speech/plain-figures.ts'
import { tidied } from '../speech/tidied.ts'
import { abbreviationsInWords } from './abbreviations.ts'
import { datesInWords, decadesInWords, weekdaysInWords } from './dates.ts'
import { moneyInWords } from './money.ts'
import { spelled } from './number-words.ts'
import { fractionsInWords, numbersInWords, perCentInWords, rangesInWords } from './numbers.ts'
import { romanNumeralsInFigures } from './roman-numerals.ts'
import { signsInWords } from './signs.ts'
import { timesInWords } from './times.ts'
import { partsOfUnits, unitsInWords } from './units.ts'

const { addresses, phones } = contactsBy({
  signs: { '.': 'Punkt', '-': 'Minus', _: 'Unterstrich', '+': 'plus' },
  ...{ at: 'at', dot: 'Punkt', plus: 'plus', extension: 'Durchwahl', spelled },
})

const durationsInWords = durationsBy(['1 Stunde', 'Stunden'], ['1 Minute', 'Minuten'], ['1 Sekunde', 'Sekunden'])
const keysInWords = keysBy({
  before:
    '(?:drück(?:en Sie|e|t|en)?|wähl(?:en Sie|e|t|en)?|tipp(?:en Sie|e|t|en)?|Taste)(?: (?:bitte|auf|die|Taste|Ziffer|Nummer|einfach|jetzt))*',
  called:
    '(?:Notruf|Polizei|Feuerwehr|Rettungsdienst|unter|(?:ruf|wähl)(?:en Sie|e|t|en)?)(?: (?:bitte|der|die|den|sofort|Nummer|unter))*',
  goesOn: 'an|oder|und|wenn|falls|bei|im|in|sofort|jetzt|wählen|anrufen|rufen|erreichen|erreichbar|direkt',
  amounts: 'mal|Mal|Sekunden|Minuten|Uhr|Euro|Stunden|Tage|von|bis',
  ...{ joins: ' oder (?:die )?|, | und (?:die )?', star: 'Stern', hash: 'Raute', spelled },
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
  perCentInWords,
  partsOfUnits,
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
  return READERS.reduce((words, reader) => reader(words), plainFigures(text, '.').replace(/\s+/g, ' '))
}
