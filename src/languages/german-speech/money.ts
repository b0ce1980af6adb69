import { FIGURES, withoutThousands } from '../speech/continental-figures.ts'
import { cardinal, numberWords } from './number-words.ts'

interface Currency {
  readonly name: string
  /** A hundredth of it. */
  readonly cent: string
}
const EURO: Currency = { name: 'Euro', cent: 'Cent' }
const CURRENCIES: Readonly<Record<string, Currency>> = {
  ...{ '€': EURO, eur: EURO, euro: EURO, $: { name: 'Dollar', cent: 'Cent' }, usd: { name: 'Dollar', cent: 'Cent' } },
  ...{ '£': { name: 'Pfund', cent: 'Pence' }, gbp: { name: 'Pfund', cent: 'Pence' } },
  ...{ chf: { name: 'Franken', cent: 'Rappen' }, franken: { name: 'Franken', cent: 'Rappen' } },
  ...{ '¥': { name: 'Yen', cent: 'Sen' }, jpy: { name: 'Yen', cent: 'Sen' }, dollar: { name: 'Dollar', cent: 'Cent' } },
}
const SIGN = '[€$£¥]|(?:EUR|USD|GBP|CHF|JPY|Euro|Dollar|Franken)(?![\\p{L}])'
const MULTIPLES: Readonly<Record<string, string>> = {
  ...{ mio: 'Millionen', million: 'Millionen', millionen: 'Millionen', mrd: 'Milliarden', milliarden: 'Milliarden' },
  ...{ milliarde: 'Milliarden', tsd: 'Tausend', tausend: 'Tausend', k: 'Tausend', m: 'Millionen' },
}
const MULTIPLE = '(?: ?(Mio|Mrd|Tsd|Millionen|Million|Milliarden|Milliarde|Tausend|[kM](?!\\p{L}))\\.?)'
const AMOUNT = `(${FIGURES})(?:,[-–—]{1,2})?`
const TO = `(?: ?[–—-] ?| bis )`

const BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?!(?<=\\d )(?:${SIGN}) )(${SIGN}) ?(?:(${FIGURES})${TO}(?:\\1 ?)?)?${AMOUNT}${MULTIPLE}?(?!\\d)`,
  'giu',
)
const AFTER = new RegExp(`(?<![\\p{L}\\p{N}.,])${AMOUNT}${MULTIPLE}? ?(${SIGN})(?![\\p{L}\\p{N}])`, 'giu')
const RANGE_AFTER = new RegExp(`(?<![\\p{L}\\p{N}.,])(${FIGURES}) ?[–—-] ?(?=${FIGURES} ?(?:${SIGN}))`, 'giu')
const HYPHENED = /(?<=\d)-(?=[€$£](?:-|\p{L}))/gu
const NEGATIVE = /(?<![\p{L}\p{N}),])[-−] ?(?=[€$£¥])/gu
const CENTS = /(?<![\d.,])(\d+) ?(?:¢|(?:Cent|[Cc]t)(?!\p{L}))/gu

/** Sums of money as they are said: "zwölf Euro fünfzig", "neunundneunzig Cent". */
export function moneyInWords(text: string): string {
  return text
    .replace(HYPHENED, '')
    .replace(NEGATIVE, 'minus ')
    .replace(RANGE_AFTER, '$1 bis ')
    .replace(BEFORE, (whole, sign: string, from: string | undefined, amount: string, multiple?: string) => {
      const currency = CURRENCIES[sign.toLowerCase()]
      if (!currency) return whole
      return `${from === undefined ? '' : `${numberWords(from)} bis `}${sumInWords(amount, currency, multiple)}`
    })
    .replace(AFTER, (whole, amount: string, multiple: string | undefined, sign: string) => {
      const currency = CURRENCIES[sign.toLowerCase()]
      return currency ? sumInWords(amount, currency, multiple) : whole
    })
    .replace(CENTS, (_, cents: string) => `${cardinal(cents, 'ein')} Cent`)
}

function sumInWords(amount: string, { name, cent }: Currency, multiple?: string): string {
  const times = multiple === undefined ? '' : (MULTIPLES[multiple.toLowerCase()] ?? multiple)
  const [whole = '0', decimals = ''] = withoutThousands(amount).split(',')
  if (times !== '') {
    if (amount === '1')
      return times === 'Tausend'
        ? `eintausend ${name}`
        : `eine ${times.replace(/e?n$/, times === 'Milliarden' ? 'e' : '')} ${name}`
    return `${numberWords(amount)} ${times} ${name}`
  }
  if (decimals.length > 2) return `${numberWords(amount)} ${name}`
  const cents = Number(decimals.padEnd(2, '0'))
  const small = `${cardinal(String(cents), 'ein')} ${cent}`
  if (Number(whole) === 0 && cents > 0) return small
  const big = `${cardinal(whole, 'ein')} ${name}`
  if (cents === 0) return big
  return cents < 10 ? `${big} und ${small}` : `${big} ${cardinal(String(cents))}`
}
