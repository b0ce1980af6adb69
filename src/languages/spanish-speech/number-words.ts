import { withoutThousands } from '../speech/continental-figures.ts'
import { spelledInGroups } from '../speech/spelled-in-groups.ts'

const ONES = `cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
  diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete
  veintiocho veintinueve`.split(/\s+/)
const TENS = 'treinta cuarenta cincuenta sesenta setenta ochenta noventa'.split(' ')
const HUNDREDS =
  'ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'.split(' ')
const ORDINAL_TENS = 'décim vigésim trigésim cuadragésim quincuagésim sexagésim septuagésim octogésim nonagésim'.split(
  ' ',
)
const ORDINALS = 'primer segund tercer cuart quint sext séptim octav noven décim'.split(' ')
/** Longer numbers are said digit by digit. */
const MOST_DIGITS = 15
const THOUSAND = 1_000
const MILLION = 1_000_000

/** How a number is said by what is counted: "veintiuno", "veintiún días", "veintiuna horas", "doscientas horas". */
export type One = 'uno' | 'un' | 'una'

/** "cuatro dos siete"; seven digits and more in groups, with a pause between them. */
export const spelled = (digits: string): string => spelledInGroups(digits, ONES)

/** The words of whole digits: "mil doscientos cincuenta". Zeros before a number are said too. */
export function cardinal(digits: string, one: One = 'uno'): string {
  if (digits.length > MOST_DIGITS || /^0\d/.test(digits)) return spelled(digits)
  const value = Number(digits)
  if (value === 0) return 'cero'
  const words: string[] = []
  const billions = Math.floor(value / MILLION ** 2)
  const millions = Math.floor(value / MILLION) % MILLION
  if (billions > 0) words.push(billions === 1 ? 'un billón' : `${belowMillion(billions, 'un')} billones`)
  if (millions > 0) words.push(millions === 1 ? 'un millón' : `${belowMillion(millions, 'un')} millones`)
  if (value % MILLION > 0) words.push(belowMillion(value % MILLION, one))
  return words.join(' ')
}

function belowMillion(value: number, one: One): string {
  const thousands = Math.floor(value / THOUSAND)
  const below = value % THOUSAND
  const before = thousands === 0 ? [] : [thousands === 1 ? 'mil' : `${belowThousand(thousands, 'un', one)} mil`]
  return [...before, ...(below === 0 ? [] : [belowThousand(below, one, one)])].join(' ')
}

function belowThousand(value: number, one: One, hundredsOf: One): string {
  if (value === 100) return 'cien'
  const hundreds = Math.floor(value / 100)
  const rest = value % 100
  const name = HUNDREDS[hundreds - 1] ?? ''
  const before = hundreds === 0 ? '' : hundredsOf === 'una' ? name.replace(/os$/, 'as') : name
  return [before, rest === 0 ? '' : belowHundred(rest, one)].filter(word => word !== '').join(' ')
}

function belowHundred(value: number, one: One): string {
  const small = ONES[value]
  if (small !== undefined) return endingIn(small, one)
  const tens = TENS[Math.floor(value / 10) - 3] ?? ''
  return value % 10 === 0 ? tens : `${tens} y ${endingIn(ONES[value % 10] ?? '', one)}`
}

function endingIn(words: string, one: One): string {
  if (!words.endsWith('uno') || one === 'uno') return words
  if (one === 'una') return `${words.slice(0, -1)}a`
  return words === 'veintiuno' ? 'veintiún' : words.slice(0, -1)
}

/** "segunda", "vigésimo primer". `ending`: o, a, or nothing for "primer" and "tercer". */
export function ordinal(digits: string, ending: 'o' | 'a' | ''): string {
  const stem = ORDINALS[Number(digits) - 1]
  if (stem === undefined) return longOrdinal(Number(digits), ending)
  return ending === '' && !stem.endsWith('er') ? `${stem}o` : stem + ending
}

/** A number in figures, with decimals: "dos mil coma cinco". */
export function numberWords(written: string, one: One = 'uno'): string {
  const [whole = '', decimals] = withoutThousands(written).split(',')
  return decimals === undefined ? cardinal(whole, one) : `${cardinal(whole)} coma ${spelled(decimals)}`
}

const LOW_TENS: Readonly<Record<number, string>> = { 11: 'undécim', 12: 'duodécim', 100: 'centésim' }

function longOrdinal(value: number, ending: 'o' | 'a' | ''): string {
  const last = ending === 'a' ? 'a' : 'o'
  const whole = LOW_TENS[value] ?? (value % 10 === 0 ? ORDINAL_TENS[value / 10 - 1] : undefined)
  if (whole !== undefined) return whole + last
  const tens = ORDINAL_TENS[Math.floor(value / 10) - 1]
  if (tens === undefined) return cardinal(String(value), ending === 'a' ? 'una' : 'uno')
  const ones = ordinal(String(value % 10), ending)
  return value < 20 ? `decimo${ones}` : `${tens}${last} ${ones}`
}

const FEMININE =
  /(?:as?|ci[oó]n|ciones|si[oó]n|siones|dad|dades|tud|veces|noches?|tardes?|partes?|llaves?|clases?)$|^(?:fotos?|manos?|motos?)$/
const NOT_FEMININE =
  /^(?:d[ií]as?|problemas?|programas?|temas?|sistemas?|idiomas?|mapas?|planetas?|poemas?|gramas?|kilogramas?|agua|aula|área|arma|alma|águila|ala|hacha|a|la|las|para|hasta|era|nada|hora)$/
/** Words that are not counted. */
const NOT_COUNTED =
  /^(?:de|del|a|al|y|e|o|u|en|con|para|por|que|es|son|era|más|menos|hasta|entre|coma|punto|sobre|desde|sin|como|pero|si|no|la|el|las|los|le|lo|se|está|están|ya|ha|han|fue|cada)$/
/** "veintiún mil", "un millón". */
const SCALE = /^(?:mil|mill[oó]n(?:es)?|bill[oó]n(?:es)?)$/
/** After these a number is a name: "página uno". */
const NUMBERED =
  /(?:^|\P{L})(?:número|página|artículo|habitación|sala|capítulo|planta|piso|puerta|punto|paso|línea|versión|andén|vía|parte|nivel|fase)[ -]$/iu

/** How a number is said between these words: by the gender of what is counted, as far as its ending tells. */
export function oneBetween(before: string, after: string): One {
  const word = (/^ (\p{L}+)/u.exec(after)?.[1] ?? '').toLowerCase()
  if (SCALE.test(word)) return 'un'
  if (word === '' || NOT_COUNTED.test(word) || NUMBERED.test(before)) return 'uno'
  if (word === 'hora') return 'una'
  return FEMININE.test(word) && !NOT_FEMININE.test(word) ? 'una' : 'un'
}
