import { FIGURES, withoutThousands } from '../speech/continental-figures.ts'
import { cardinal, numberWords, type One } from './number-words.ts'

interface Currency {
  readonly one: string
  readonly many: string
  /** How one of it is said. */
  readonly form: One
  /** A hundredth of it, one and many. */
  readonly cent: readonly [one: string, many: string]
}
const EURO: Currency = { one: 'euro', many: 'euros', form: 'un', cent: ['céntimo', 'céntimos'] }
const DOLLAR: Currency = { one: 'dólar', many: 'dólares', form: 'un', cent: ['centavo', 'centavos'] }
const POUND: Currency = { one: 'libra', many: 'libras', form: 'una', cent: ['penique', 'peniques'] }
const PESO: Currency = { one: 'peso', many: 'pesos', form: 'un', cent: ['centavo', 'centavos'] }
const FRANC: Currency = { one: 'franco suizo', many: 'francos suizos', form: 'un', cent: ['céntimo', 'céntimos'] }
const REAL: Currency = { one: 'real', many: 'reales', form: 'un', cent: ['centavo', 'centavos'] }
const SOL: Currency = { one: 'sol', many: 'soles', form: 'un', cent: ['céntimo', 'céntimos'] }
const YEN: Currency = { one: 'yen', many: 'yenes', form: 'un', cent: ['sen', 'sen'] }
const CURRENCIES: Readonly<Record<string, Currency>> = {
  ...{
    '€': EURO,
    eur: EURO,
    euro: EURO,
    euros: EURO,
    $: DOLLAR,
    us$: DOLLAR,
    usd: DOLLAR,
    dólares: DOLLAR,
    dólar: DOLLAR,
  },
  ...{ '£': POUND, gbp: POUND, mxn: PESO, ars: PESO, cop: PESO, clp: PESO, pesos: PESO, peso: PESO, chf: FRANC },
  ...{ '¥': YEN, jpy: YEN, r$: REAL, brl: REAL, 's/': SOL, 's/.': SOL, pen: SOL, sol: SOL, soles: SOL, mx$: PESO },
}
const SIGN =
  '(?:US|R|MX)?\\$|S/\\.?(?= ?\\d)|[€£¥]|(?:EUR|USD|GBP|CHF|JPY|MXN|ARS|COP|CLP|BRL|PEN|euros?|dólar(?:es)?|pesos?)(?!\\p{L})'
const MULTIPLES: Readonly<Record<string, string>> = {
  ...{ k: 'mil', mil: 'mil', m: 'millones', millón: 'millones', millones: 'millones', mm: 'millones' },
}
const MULTIPLE = '(?: ?(mil(?:lones|lón)?|MM?|k)(?!\\p{L}))'
const AMOUNT = `(${FIGURES})(?:,[-–—]{1,2})?`
/** A code behind the sum says which dollar or peso its sign means. */
const CODE = '(?: ?(USD|MXN|ARS|COP|CLP)(?!\\p{L}))'
const TO = `(?: ?[–—-] ?| a )`

const BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?!(?<=\\d )(?:${SIGN}) )(${SIGN}) ?(?:(${FIGURES})${TO}(?:\\1 ?)?)?${AMOUNT}${MULTIPLE}?${CODE}?(?!\\d)`,
  'giu',
)
const AFTER = new RegExp(`(?<![\\p{L}\\p{N}.,])${AMOUNT}${MULTIPLE}? ?(?:de )?(${SIGN})(?![\\p{L}\\p{N}])`, 'giu')
const RANGE_AFTER = new RegExp(`(?<![\\p{L}\\p{N}.,])(${FIGURES}) ?[–—-] ?(?=${FIGURES} ?(?:${SIGN}))`, 'giu')
/** No sum has three decimals: "$5,000" is written as in America. */
const AMERICAN = /(?<=[$€£¥] ?)(\d{1,3})((?:,\d{3})+)(?![\d,])/gu
const NEGATIVE = /(?<![\p{L}\p{N})])[-−] ?(?=[€$£¥])/gu
const CENTS = /(?<![\d.,])(\d+) ?¢/g

/** Sums of money as they are said: "doce euros con cincuenta", "noventa y nueve céntimos". */
export function moneyInWords(text: string): string {
  return text
    .replace(AMERICAN, (_, first: string, more: string) => first + more.replaceAll(',', "'"))
    .replace(NEGATIVE, 'menos ')
    .replace(RANGE_AFTER, '$1 a ')
    .replace(BEFORE, (whole, sign: string, from: string | undefined, amount: string, multiple, code?: string) => {
      const currency = CURRENCIES[(sign === '$' && code ? code : sign).toLowerCase()]
      if (!currency) return whole
      return `${from === undefined ? '' : `${numberWords(from)} a `}${sumInWords(amount, currency, multiple)}`
    })
    .replace(AFTER, (whole, amount: string, multiple: string | undefined, sign: string) => {
      const currency = CURRENCIES[sign.toLowerCase()]
      return currency ? sumInWords(amount, currency, multiple) : whole
    })
    .replace(CENTS, (_, cents: string) => `${cardinal(cents, 'un')} ${cents === '1' ? 'centavo' : 'centavos'}`)
}

function sumInWords(amount: string, { one, many, form, cent }: Currency, multiple?: string): string {
  const times = multiple === undefined ? '' : (MULTIPLES[multiple.toLowerCase()] ?? multiple)
  const [whole = '0', decimals = ''] = withoutThousands(amount).split(',')
  if (times === 'mil') return `${amount === '1' ? '' : `${numberWords(amount, form)} `}mil ${many}`
  if (times !== '') return `${amount === '1' ? 'un millón' : `${numberWords(amount, 'un')} millones`} de ${many}`
  if (decimals.length > 2) return `${numberWords(amount)} ${many}`
  const cents = Number(decimals.padEnd(2, '0'))
  const small = `${cardinal(String(cents), 'un')} ${cents === 1 ? cent[0] : cent[1]}`
  if (Number(whole) === 0 && cents > 0) return small
  const ofMillions = /^[1-9]\d*0{6}$/.test(whole) ? 'de ' : ''
  const big = `${cardinal(whole, form)} ${ofMillions}${whole === '1' ? one : many}`
  if (cents === 0) return big
  return cents < 10 ? `${big} con ${small}` : `${big} con ${cardinal(String(cents))}`
}
