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
/** Of which no hundredths are named. */
const plain = (one: string, many = one): Currency => ({ one, many, cent: '', cents: '' })
const crown = (country: string): Currency => plain(`${country} krone`, `${country} kroner`)
const real: Currency = { one: 'real', many: 'reais', cent: 'centavo', cents: 'centavos' }
const peso: Currency = { one: 'peso', many: 'pesos', cent: 'centavo', cents: 'centavos' }
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
  ...{ NZ$: named('New Zealand'), NZD: named('New Zealand'), HK$: named('Hong Kong'), HKD: named('Hong Kong') },
  ...{ S$: named('Singapore'), SGD: named('Singapore'), R$: real, BRL: real, MX$: peso, MXN: peso, '₱': peso },
  ...{ '₩': plain('won'), KRW: plain('won'), '₽': plain('ruble', 'rubles'), RUB: plain('ruble', 'rubles') },
  ...{ '₺': plain('lira'), TRY: plain('lira'), '₪': plain('shekel', 'shekels') },
  ...{ '฿': plain('baht'), THB: plain('baht'), '₫': plain('dong'), '₦': plain('naira'), '₴': plain('hryvnia') },
  ...{ '₿': plain('bitcoin', 'bitcoins'), BTC: plain('bitcoin', 'bitcoins'), CNY: plain('yuan'), RMB: plain('yuan') },
  ...{ SEK: crown('Swedish'), NOK: crown('Norwegian'), DKK: crown('Danish'), PLN: plain('zloty', 'zlotys') },
  ...{ AED: plain('dirham', 'dirhams'), SAR: plain('riyal', 'riyals'), ZAR: plain('rand'), RS: RUPEE, 'RS.': RUPEE },
}
/** Only the dollar is meant by several: a code behind the sum says which. */
const CODE = '(?: ?(USD|CAD|AUD|NZD|HKD|SGD|MXN)(?![A-Za-z]))'
const SIGN =
  '(?:US|CA|A|C|NZ|HK|S|R|MX)?\\$|[€£¥₹₩₽₺₪฿₫₦₴₿₱]|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|INR|NZD|HKD|SGD|BRL|MXN|KRW|RUB|TRY|THB|BTC|CNY|RMB|SEK|NOK|DKK|PLN|AED|SAR|ZAR)(?![A-Za-z])|Rs\\.?(?= ?\\d)'
const MULTIPLE = '(?: ?(k|m|mn|bn|b|tn|thousand|million|billion|trillion)(?![\\p{L}\\p{N}]))'
/** In India: "1,00,000". */
const AMOUNT = `(?:\\d{1,2}(?:,\\d{2}){1,3},\\d{3}(?!\\d)|${NUMBER}|\\.\\d+)`
const TO = `(?: ?[–—-] ?|(?: to | or ))`

/** Before a word that it tells the kind of, a sum has no plural: "a five dollar bill". */
const OF =
  '(-(?=\\p{L})| (?=(?:bill|note|coin|gift|voucher|coupon|fee|deposit|discount|credit|charge|minimum|refund|copay|co-pay|limit|fine|tip|ticket|reward|bonus|increase|surcharge|donation)s?(?!\\p{L})))?'

const BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}])(?!(?<=\\d )(?:${SIGN}) )(${SIGN}) ?(?:(${AMOUNT})${MULTIPLE}?${TO}(?:\\1 ?)?)?(${AMOUNT})${MULTIPLE}?${CODE}?(?!\\d)${OF}`,
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
    .replace(BEFORE, (whole, sign: string, from, fromMultiple, amount: string, multiple, code, of?: string) => {
      const currency = CURRENCIES[(sign === '$' && code ? code : sign).toUpperCase()]
      if (!currency) return whole
      const sum = sumInWords(amount, of === undefined ? currency : { ...currency, many: currency.one }, multiple)
      const first = from === undefined ? '' : `${numberWords(from)}${multipleWords(fromMultiple)} to `
      return first + sum + (of ?? '')
    })
    .replace(AFTER, (whole, amount: string, multiple: string | undefined, sign: string) => {
      const currency = CURRENCIES[sign.toUpperCase()]
      return currency ? sumInWords(amount, currency, multiple) : whole
    })
    .replace(CENTS, (_, cents: string) => `${cardinal(cents)} ${isOne(cents) ? 'cent' : 'cents'}`)
}

function multipleWords(multiple: string | undefined): string {
  if (multiple === undefined) return ''
  return ` ${MULTIPLES[multiple.toLowerCase()] ?? multiple.toLowerCase()}`
}

function sumInWords(amount: string, currency: Currency, multiple?: string): string {
  const times = multipleWords(multiple)
  const [whole = '', decimals = ''] = amount.replaceAll(',', '').split('.')
  if (times !== '') return `${numberWords(amount)}${times} ${currency.many}`
  if (decimals.length > 2 || (decimals !== '' && currency.cent === '')) return `${numberWords(amount)} ${currency.many}`
  const cents = Number(decimals.padEnd(2, '0'))
  const small = `${cardinal(String(cents))} ${cents === 1 ? currency.cent : currency.cents}`
  const isNothing = /^0*$/.test(whole)
  if (isNothing && cents > 0) return small
  const big = `${cardinal(whole === '' ? '0' : whole)} ${isOne(whole) ? currency.one : currency.many}`
  return cents === 0 ? big : `${big} and ${small}`
}
