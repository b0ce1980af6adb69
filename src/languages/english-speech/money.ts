import { cardinal, isOne, NUMBER, numberWords } from './number-words.ts'

interface Currency {
  readonly one: string
  readonly many: string
  readonly cent: string
  readonly cents: string
}
const DOLLAR: Currency = { one: 'dollar', many: 'dollars', cent: 'cent', cents: 'cents' }
const EURO: Currency = { one: 'euro', many: 'euros', cent: 'cent', cents: 'cents' }
const POUND: Currency = { one: 'pound', many: 'pounds', cent: 'penny', cents: 'pence' }
const YEN: Currency = { one: 'yen', many: 'yen', cent: 'sen', cents: 'sen' }
const RUPEE: Currency = { one: 'rupee', many: 'rupees', cent: 'paisa', cents: 'paise' }
const FRANC: Currency = { one: 'franc', many: 'francs', cent: 'centime', cents: 'centimes' }

const named = (prefix: string): Currency => ({ ...DOLLAR, one: `${prefix} dollar`, many: `${prefix} dollars` })
const CURRENCIES: Readonly<Record<string, Currency>> = {
  ...{ $: DOLLAR, US$: DOLLAR, USD: DOLLAR, A$: named('Australian'), AUD: named('Australian') },
  ...{ C$: named('Canadian'), CA$: named('Canadian'), CAD: named('Canadian'), '€': EURO, EUR: EURO },
  ...{
    '£': POUND,
    GBP: POUND,
    '¥': YEN,
    JPY: YEN,
    '₹': RUPEE,
    INR: RUPEE,
    CHF: { ...FRANC, many: 'Swiss francs', one: 'Swiss franc' },
  },
}
const SIGN = '(?:US|CA|A|C)?\\$|[€£¥₹]|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|INR)(?![A-Za-z])'
const MULTIPLE = '(?: ?(k|m|mn|bn|b|tn|thousand|million|billion|trillion)\\b)'
const AMOUNT = `(?:${NUMBER}|\\.\\d+)`
const TO = `(?: ?[–—-] ?|(?: to | or ))`

const BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}])(${SIGN}) ?(?:(${AMOUNT})${TO}(?:\\1 ?)?)?(${AMOUNT})${MULTIPLE}?(?!\\d)`,
  'giu',
)
const AFTER = new RegExp(`(?<![\\p{L}\\p{N}.,])(${AMOUNT})${MULTIPLE}? ?(${SIGN})(?![\\p{L}\\p{N}$])`, 'giu')
const NEGATIVE = /(?<![\p{L}\p{N})])[-−] ?(?=[$€£¥₹])/gu
const CENTS = /(?<![\d.,])(\d+) ?¢/g
const MULTIPLES: Readonly<Record<string, string>> = {
  ...{ k: 'thousand', m: 'million', mn: 'million', bn: 'billion', b: 'billion', tn: 'trillion' },
}

/** Sums of money as they are said: "one thousand two hundred fifty dollars and fifty cents". */
export function moneyInWords(text: string): string {
  return text
    .replace(NEGATIVE, 'minus ')
    .replace(BEFORE, (whole, sign: string, from: string | undefined, amount: string, multiple?: string) => {
      const currency = CURRENCIES[sign.toUpperCase()]
      if (!currency) return whole
      if (from === undefined) return sumInWords(amount, currency, multiple)
      return `${numberWords(from)} to ${sumInWords(amount, currency, multiple)}`
    })
    .replace(AFTER, (whole, amount: string, multiple: string | undefined, sign: string) => {
      const currency = CURRENCIES[sign.toUpperCase()]
      return currency ? sumInWords(amount, currency, multiple) : whole
    })
    .replace(CENTS, (_, cents: string) => `${cardinal(cents)} ${isOne(cents) ? 'cent' : 'cents'}`)
}

function sumInWords(amount: string, currency: Currency, multiple?: string): string {
  const times = multiple === undefined ? '' : (MULTIPLES[multiple.toLowerCase()] ?? multiple.toLowerCase())
  const [whole = '', decimals = ''] = amount.replaceAll(',', '').split('.')
  if (times !== '') return `${numberWords(amount)} ${times} ${currency.many}`
  if (decimals.length > 2) return `${numberWords(amount)} ${currency.many}`
  const cents = Number(decimals.padEnd(2, '0'))
  const small = `${cardinal(String(cents))} ${cents === 1 ? currency.cent : currency.cents}`
  const isNothing = /^0*$/.test(whole)
  if (isNothing && cents > 0) return small
  const big = `${cardinal(whole === '' ? '0' : whole)} ${isOne(whole) ? currency.one : currency.many}`
  return cents === 0 ? big : `${big} and ${small}`
}
