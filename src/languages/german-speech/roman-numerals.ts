import { romanNumeralsBy } from '../speech/roman-numerals.ts'
import { ordinalStem } from './number-words.ts'

const WOMEN = /(?:Elisabeth|Katharina|Maria|Margrethe|Victoria|Christina|Königin|Kaiserin|Zarin)s? $/u
const DATIVE = /(?:^|\P{L})(?:von|vom|mit|bei|unter|nach|seit|zu|zum|aus|dem) (?:\p{Lu}\p{Ll}+ ){1,3}$/u
const ACCUSATIVE = /(?:^|\P{L})(?:für|durch|gegen|ohne|um|den) (?:\p{Lu}\p{Ll}+ ){1,3}$/u
const GENITIVE = /(?:igs|ichs|elms|rls|ons|auls|nds|rgs|eths|as|eos|rs) $/u

/** "der Vierzehnte", "dem Zweiten": with the article and the ending that the words before it ask for. */
function named(value: string, before: string, dot: string): string {
  const stem = ordinalStem(value)
  const isWoman = WOMEN.test(before)
  const isGenitive = GENITIVE.test(before)
  const [article, ending] = isGenitive
    ? [isWoman ? 'der' : 'des', 'en']
    : DATIVE.test(before)
      ? [isWoman ? 'der' : 'dem', 'en']
      : ACCUSATIVE.test(before) && !isWoman
        ? ['den', 'en']
        : [isWoman ? 'die' : 'der', 'e']
  return `${article} ${stem.charAt(0).toUpperCase()}${stem.slice(1)}${ending}${dot}`
}

const figured = romanNumeralsBy({
  after:
    'Kapitel|Teil|Band|Abschnitt|Akt|Szene|Artikel|Anhang|Phase|Stufe|Klasse|Typ|Gruppe|Buch|Hartz|Sozialgesetzbuch|SGB',
  names:
    'Ludwigs?|Heinrichs?|Friedrichs?|Wilhelms?|Karls?|Ottos?|Johannes Pauls?|Benedikts?|Leos?|Pius|Gregors?|Franz|Ferdinands?|Georgs?|Alexanders?|Napoleons?|Nikolaus|Elisabeths?|Katharinas?|Margrethes?|Maximilians?|Philipps?|Rudolfs?|Leopolds?|Christinas?|Albrechts?|Ramses|Felipes?|Charles',
  before: '\\. (?:Weltkrieg|Jahrhundert|Quartal|Reich|Internationale|Liga|Stock|Klasse|Republik)',
  isWordI: false,
  counted: value => value,
  name: named,
})

/** The full stop of a numeral is no end of a sentence, unless the text or a sentence ends with it. */
const ORDINAL_STOP = /(?<=\b(?:der|die|dem|den|des) \p{Lu}\p{Ll}{2,40}(?:te|ten))\.(?=(?:,| \p{Ll}))/gu

/** "Ludwig der Vierzehnte", "Kapitel 4", "im 2. Weltkrieg". */
export const romanNumeralsInFigures = (text: string): string => {
  const said = figured(text)
  return said === text ? text : said.replace(ORDINAL_STOP, '')
}
