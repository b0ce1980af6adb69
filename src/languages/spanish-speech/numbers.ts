import { FIGURES } from '../speech/continental-figures.ts'
import { fractionsInFigures } from '../speech/fractions-in-figures.ts'
import { cardinal, numberWords, oneBetween, ordinal, spelled } from './number-words.ts'

const CODE =
  /((?<!\p{L})(?:código|clave|contraseña|PIN|referencia|cuenta|pedido|habitación|vuelo|factura|reserva|expediente|extensión|ticket|DNI|NIF|póliza|número)(?:[ :,]{1,2}(?:de|del|cliente|la|cuenta|pedido|postal|reserva|número|código|es|era|son|acaba|termina|en)(?!\p{L})){0,4}[ :]{1,2})(\d{3,6})(?![\p{L}\d]|[.,:]\d)/giu
const RANGE = new RegExp(`(?<![\\p{L}\\d.,-])(${FIGURES}(?: ?%|°C?)?) ?[–—‒-] ?(?=${FIGURES}(?![\\d-]| =))`, 'gu')
const BY = /(?<=\d) ?x ?(?=\d)|(?<=\d \p{L}{4,12}) x (?=\d)/gu
/** "niños/as", "bienvenido/a". */
const BOTH = /(?<!\p{L})(\p{L}{2,30})o(s?)\/a\2(?!\p{L})/gu
const ALWAYS = /(?<![\w./])24\/7(?![\w/])/g
const VERSION = /(?<![\d.])v?(\d+(?:\.\d+){2,})(?!\d)/giu
const YEAR = /^(?:19|20)\d\d$/
const IN_A_NAME = /(?<=\p{L})[-‑]?\d{3,}(?![,.]?\d)(?:-(?=\p{L}(?!\p{L})))?|(?<![\d.,])\d{3,}(?=\p{L})/gu
const APART = /(?<=\p{L})[-‑]?(?=\d)|(?<=\d)(?=\p{L})/gu
const PLAIN = new RegExp(`(?:(?<=^|[^\\p{L}\\d])[.,](?=\\d)\\d+|${FIGURES})`, 'gu')
const DECADE = /(?<![\p{L}\p{N}.,])(?:los )?(?:años )?['’](\d0)(?!\d)/gu
/** So many digits are a code, not an amount, unless they are round. */
const LEAST_CODE_DIGITS = 5
const MOST_ROUND_DIGITS = 9
/** What decides the form of a number. */
const MOST_AROUND = 24

const FRACTION = /(?<![\w./,])(?:(\d{1,4}) )?(\d{1,4})[/⁄](\d{1,4})(?![\w/]|[.,]\d)/g
const PARTS: Readonly<Record<number, string>> = { 3: 'tercio', 4: 'cuarto' }

/** "tres cuartos", "dos y medio". */
export function fractionsInWords(text: string): string {
  return fractionsInFigures(text)
    .replace(ALWAYS, 'veinticuatro siete')
    .replace(BOTH, (_, word: string, many: string) => {
      return many === '' ? `${word}o o ${word}a` : `${word}os y ${word}as`
    })
    .replace(FRACTION, (written, whole: string | undefined, top: string, bottom: string, at: number, all: string) => {
      const [over, under] = [Number(top), Number(bottom)]
      if (over <= 0 || over >= under || under > 100 || /^0/.test(top + bottom)) return written
      const after = all.slice(at + written.length, at + written.length + MOST_AROUND).replace(/^ +/, ' ')
      const before = whole === undefined ? '' : `${cardinal(whole, oneBetween('', after))} y `
      if (over === 1 && under === 2) return `${before}${oneBetween('', after) === 'una' ? 'media' : 'medio'}`
      const name = PARTS[under] ?? (under > 10 ? `${cardinal(bottom).replaceAll(' ', '')}avo` : ordinal(bottom, 'o'))
      return `${before}${cardinal(top, 'un')} ${name}${over === 1 ? '' : 's'}`
    })
}

/** "5–7" as "5 a 7", "3x4" as "3 por 4". What may be a date or a telephone number is in words already. */
export const rangesInWords = (text: string): string => text.replace(RANGE, '$1 a ').replace(BY, ' por ')

/** All numbers that are left, as words: amounts, years, codes digit by digit. */
export function numbersInWords(text: string): string {
  return text
    .replace(CODE, (_, name: string, digits: string) => name + spelled(digits))
    .replace(VERSION, (_, numbers: string) =>
      numbers
        .split('.')
        .map(one => cardinal(one))
        .join(' punto '),
    )
    .replace(DECADE, (_, digits: string) => `los ${cardinal(digits)}`)
    .replace(IN_A_NAME, written => {
      const digits = written.replace(/\D/g, '')
      return YEAR.test(digits) ? written : ` ${spelled(digits)} `
    })
    .replace(APART, ' ')
    .replace(PLAIN, (written: string, at: number, all: string) => {
      const isCode =
        /^\d+$/.test(written) &&
        written.length >= LEAST_CODE_DIGITS &&
        (!written.endsWith('00') || written.length > MOST_ROUND_DIGITS)
      if (isCode) return spelled(written)
      if (/^[.,]/.test(written)) return `cero coma ${spelled(written.slice(1))}`
      const after = all.slice(at + written.length, at + written.length + MOST_AROUND)
      return numberWords(written, oneBetween(all.slice(Math.max(0, at - MOST_AROUND), at), after))
    })
}
