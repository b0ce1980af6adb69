const TOP_LEVEL =
  'com|org|net|edu|gov|io|ai|app|dev|info|biz|online|shop|store|tech|site|xyz|co\\.uk|org\\.uk|ac\\.uk|co|uk|de|fr|es|it|nl|eu|ch|at|ca|com\\.au|au|nz|us|tv|me'
const URL_ = /(?<![\p{L}\p{N}])(?:[a-z]{2,8}:\/\/|www\.)[^\s<>"'“”’()[\]{}]{1,2000}/giu
const DOMAIN = new RegExp(
  `(?<![\\w@./-])(?:[a-z\\d][a-z\\d-]{0,62}\\.){1,5}(?:${TOP_LEVEL})(?![\\w-]|\\.[a-z\\d])(?::\\d{1,5}(?!\\d))?(?:[/?#][^\\s<>"'()\\[\\]]{0,2000})?`,
  'gi',
)
const FILE =
  /(?<=(?<![\w.])[\w-]{1,40})\.(?=(?:pdf|html?|docx?|xlsx?|pptx?|txt|csv|png|jpe?g|zip|mp[34]|wav|json)(?![\w.-]\w|\w))/gi
const EMAIL = /(?<![\w.+-])(?:mailto:)?([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})(?![\w@])/gi
/** No part of one begins with a zero: "2.300.000.000" is an amount. */
const IP_ADDRESS = /(?<![\w.])((?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3})(?![\w]|\.\d)/g
/** An account: "DE89 3704 0044 0532 0130 00". */
const IBAN = /(?<![\p{L}\p{N}])([A-Z])([A-Z])(\d{2}(?: ?[\dA-Z]{4}){3,7}(?: ?[\dA-Z]{1,3})?)(?![\p{L}\p{N}])/gu
/** Groups of digits with separators; what has too few digits for a telephone number is left alone. */
const GROUPS =
  /(?<![\w.,/:$€£¥-])(?:tel:)?(\+\d{1,3}[ .–-]?|1[ .–-])?(\(\d{1,5}\)[ .–-]?)?\d{2,5}(?:[ .–-]\d{2,5}){0,4}(?![\w/:%°]|[.,]\d|-\w)/g
const LEAST_PHONE_DIGITS = 7
const MOST_PHONE_DIGITS = 19
/** Free numbers whose end is a word: "1-800-FLOWERS". */
const VANITY = /(?<![\p{L}\p{N}.-])(?:(1)-)?([89]\d\d)-(?=\p{Lu}{3,})/gu
const INTERNATIONAL = /(?<![\w+])\+(\d{7,15})(?!\d)/g
const EXTENSION = /(?<=\d{3}[ .-]\d{4},? ?)(?:ext\.? ?|x)(?=\d)/gi
/** With an area code, after which there may be one long group: "0172/1234567", "+49 30 1234567". */
const WITH_AREA =
  /(?<![\w.,:/$€£¥-])(?:tel:)?(?:\+\d{1,3}[ -]?(?:\(0\) ?)?\(?\d{1,4}\)?|\(?0\d{1,4}\)?) ?[ /-] ?\d{2,9}(?:[ -]\d{2,9}){0,5}(?![\w/:%°]|[.,]\d|-\w)/g

/** What is said of addresses and telephone numbers in a language. */
export interface ContactWords {
  /** ".", "-", "_" and "+" inside an address. */
  readonly signs: Readonly<Record<string, string>>
  readonly at: string
  readonly dot: string
  readonly plus: string
  readonly extension: string
  /** Digits one by one, in groups where they are many. */
  readonly spelled: (digits: string) => string
}

/** Puts addresses and telephone numbers into words. */
export interface Contacts {
  /** E-mail and web addresses as they are read out; of a web address only its host. */
  readonly addresses: (text: string) => string
  /** Telephone numbers and other long numbers in groups, digit by digit. */
  readonly phones: (text: string) => string
}

export function contactsBy({ signs, at, dot, plus, extension, spelled }: ContactWords): Contacts {
  const withSigns = (text: string): string => text.replace(/[._+-]/g, sign => ` ${signs[sign]} `)

  function hostInWords(address: string): string {
    const end = /[.,!?;:…*]+$/.exec(address)?.[0] ?? ''
    const host = address
      .slice(0, address.length - end.length)
      .replace(/^[a-z]{2,8}:\/\//i, '')
      .replace(/^[^/?#@]*@/, '')
      .replace(/^www\./i, '')
      .replace(/[/?#:].*$/s, '')
    return `${withSigns(host).trim()}${end}`
  }

  function groupsInWords(written: string, country?: string, area?: string): string {
    const groups = written.match(/\d+/g) ?? []
    const digits = groups.join('')
    const areYears = groups.length === 2 && groups.every(group => /^[12]\d{3}$/.test(group))
    const isPhone = digits.length >= LEAST_PHONE_DIGITS && digits.length <= MOST_PHONE_DIGITS
    if (!isPhone || groups.length < 2 || (areYears && !country && !area)) return written
    return (country?.startsWith('+') ? `${plus} ` : '') + groups.map(group => spelled(group)).join(', ')
  }

  /** In groups of four, as it is printed; letters one by one. */
  function accountInWords(first: string, second: string, rest: string): string {
    const groups = `${first}${second}${rest.replaceAll(' ', '')}`.match(/.{1,4}/g) ?? []
    return groups
      .map(group => (group.match(/\d+|\D/g) ?? []).map(part => (/\d/.test(part) ? spelled(part) : part)).join(' '))
      .join(', ')
  }

  return {
    addresses: text =>
      text
        .replace(EMAIL, (_, name: string, host: string) => ` ${withSigns(name)} ${at} ${withSigns(host)} `)
        .replace(URL_, address => hostInWords(address))
        .replace(DOMAIN, address => hostInWords(address))
        .replace(FILE, ` ${dot} `)
        .replace(IBAN, (_, first: string, second: string, rest: string) => accountInWords(first, second, rest))
        .replace(IP_ADDRESS, (_, numbers: string) => numbers.split('.').map(spelled).join(` ${dot} `)),
    phones: text =>
      text
        .replace(VANITY, (_, one: string | undefined, area: string) => {
          return `${one === undefined ? '' : `${spelled(one)}, `}${spelled(area)}, `
        })
        .replace(EXTENSION, ` ${extension} `)
        .replace(WITH_AREA, written => groupsInWords(written, /^\D*\+/.test(written) ? '+' : undefined, '0'))
        .replace(INTERNATIONAL, (_, digits: string) => `${plus} ${spelled(digits)}`)
        .replace(GROUPS, groupsInWords),
  }
}
