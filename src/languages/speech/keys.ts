/** What is said of the keys of a telephone, and of short numbers that are called. The patterns are alternatives, in any case. */
export interface KeyWords {
  /** Right before a key: "press", "drücken Sie". */
  readonly before: string
  /** Right before a number of three digits that is called: "call", "Notruf". */
  readonly called: string
  /** Small words that may follow such a number; with any other word it is an amount: "call 300 people". */
  readonly goesOn: string
  /** After what would be a key it is an amount: "times". */
  readonly amounts: string
  /** What joins several: " or ". */
  readonly joins: string
  readonly star: string
  readonly hash: string
  /** Digits one by one. */
  readonly spelled: (digits: string) => string
}

/** Keys and short numbers as they are pressed: "press one", "dial star six seven", "call nine one one". */
export function keysBy(words: KeyWords): (text: string) => string {
  const { before, called, goesOn, amounts, joins, star, hash, spelled } = words
  const key = '(?:[*#]?\\d{1,6}[*#]?|[*#])'
  const notWhole = '(?![\\p{L}\\p{N}%€$£*#]|[.,:/-]\\d)'
  const keys = new RegExp(
    `((?<![\\p{L}\\p{N}])(?:${before}) )(${key}(?:(?:${joins})${key}){0,3})${notWhole}(?! ?(?:${amounts}))`,
    'giu',
  )
  const numbers = new RegExp(
    `((?<![\\p{L}\\p{N}])(?:${called}) )(\\d{3}(?:(?:${joins})\\d{3}){0,3})${notWhole}(?=[^ ]| ?$| (?:${goesOn})(?!\\p{L}))`,
    'giu',
  )
  const said = (written: string): string =>
    written
      .replace(/\d+/g, digits => ` ${spelled(digits)} `)
      .replaceAll('*', ` ${star} `)
      .replaceAll('#', ` ${hash} `)
      .replace(/ {2,}/g, ' ')
      .replaceAll(' ,', ',')
      .trim()
  return text =>
    text
      .replace(keys, (_, verb: string, pressed: string) => verb + said(pressed))
      .replace(numbers, (_, verb: string, number: string) => verb + said(number))
}
