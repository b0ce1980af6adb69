import { withoutThousands } from '../speech/continental-figures.ts'
import { spelledInGroups } from '../speech/spelled-in-groups.ts'

const ONES = `null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
  siebzehn achtzehn neunzehn`.split(/\s+/)
const TENS = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ')
const SCALES = [
  ['eine Billion', 'Billionen'],
  ['eine Milliarde', 'Milliarden'],
  ['eine Million', 'Millionen'],
] as const
/** Longer numbers are said digit by digit. */
const MOST_DIGITS = 15
const THOUSAND = 1_000

/** How a number ends whose last part is one: "hunderteins", "ein Euro", "eine Stunde". */
export type One = 'eins' | 'ein' | 'eine'

/** "vier zwei sieben"; seven digits and more in groups, with a pause between them. */
export const spelled = (digits: string): string => spelledInGroups(digits, ONES)

/** The words of whole digits: "eintausendzweihundertfünfzig". Zeros before a number are said too. */
export function cardinal(digits: string, one: One = 'eins'): string {
  if (digits.length > MOST_DIGITS || /^0\d/.test(digits)) return spelled(digits)
  let rest = Number(digits)
  if (rest === 0) return 'null'
  const words: string[] = []
  for (const [power, [single, many]] of SCALES.entries()) {
    const scale = THOUSAND ** (SCALES.length + 1 - power)
    const count = Math.floor(rest / scale)
    rest %= scale
    if (count > 0) words.push(count === 1 ? single : `${belowThousand(count, 'eine')} ${many}`)
  }
  const thousands = Math.floor(rest / THOUSAND)
  const below = rest % THOUSAND
  const last =
    (thousands === 0 ? '' : `${belowThousand(thousands, 'ein')}tausend`) +
    (below === 0 ? '' : belowThousand(below, one))
  return [...words, last].filter(word => word !== '').join(' ')
}

function belowThousand(value: number, one: One): string {
  const hundreds = Math.floor(value / 100)
  const rest = value % 100
  const before = hundreds === 0 ? '' : `${hundreds === 1 ? 'ein' : ONES[hundreds]}hundert`
  if (rest === 0) return before
  if (rest === 1) return before + one
  if (rest < ONES.length) return before + ONES[rest]
  const [tens, ones] = [TENS[Math.floor(rest / 10) - 2], rest % 10]
  return `${before}${ones === 0 ? '' : `${ones === 1 ? 'ein' : ONES[ones]}und`}${tens}`
}

/** An ordinal number without its ending: "siebt", "sechsundzwanzigst". */
export function ordinalStem(digits: string): string {
  const words = cardinal(String(Number(digits)))
  const last = Number(digits) % 100
  if (last === 1) return words.replace(/eins$/, 'erst')
  if (last === 3) return words.replace(/drei$/, 'dritt')
  if (last === 7) return words.replace(/sieben$/, 'siebt')
  if (last === 8) return words
  return last > 0 && last < ONES.length ? `${words}t` : `${words}st`
}

/** Four digits as a year: "neunzehnhundertfünf", "zweitausendsechsundzwanzig". */
export function yearWords(digits: string): string {
  const [century, rest] = [digits.slice(0, 2), String(Number(digits.slice(2)))]
  if (!/^1[1-9]/.test(digits)) return cardinal(digits)
  return `${cardinal(century)}hundert${rest === '0' ? '' : cardinal(rest)}`
}

/** A number in figures, with decimals: "zweitausend Komma fünf". */
export function numberWords(written: string, one: One = 'eins'): string {
  const [whole = '', decimals] = withoutThousands(written).split(',')
  return decimals === undefined ? cardinal(whole, one) : `${cardinal(whole)} Komma ${spelled(decimals)}`
}

const FEMININE =
  /(?:e|ung|heit|keit|schaft|ion|tät|ik|ei|anz|enz|ur)$|^(?:Person|Nacht|Nummer|Mail|Firma|Mark|Antwort|Frist|Stadt|Zahl|Bank)$/
const NOT_FEMININE = /^(?:Name|Ende|Auge|Junge|Kunde|Kollege|Käse|Interesse|Gebäude|Gespräche?)$/
/** Small words that end like adjectives. */
const NO_ADJECTIVE =
  /^(?:oder|aber|über|unter|hinter|außer|wie|ohne|heute|bitte|viele|alle|beide|wieder|immer|es|er|der|des|sie|die)$/

/** After these a number is a name: "Seite eins". */
const NUMBERED =
  /(?:^|\P{L})(?:Nummer|Artikel|Absatz|Seite|Zimmer|Raum|Band|Kapitel|Abbildung|Hausnummer|Punkt|Gleis|Platz|Tor|Stufe|Teil|Version|Schritt|Linie|Klasse)[ -]$/u

/** How one is said between these words: by the gender of what is counted, as far as its ending tells. */
export function oneBetween(before: string, text: string): One {
  if (NUMBERED.test(before)) return 'eins'

  const word = /^[ -]?(\p{L}+)/u.exec(text)?.[1] ?? ''
  if (word === '' || NO_ADJECTIVE.test(word)) return 'eins'
  if (/^\p{Lu}/u.test(word)) return FEMININE.test(word) && !NOT_FEMININE.test(word) ? 'eine' : 'ein'
  if (/..e$/.test(word)) return 'eine'
  return /..e[rs]$/.test(word) ? 'ein' : 'eins'
}
