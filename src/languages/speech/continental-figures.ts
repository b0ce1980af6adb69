/**
 * A number as `sameThousands` and `withComma` write it, as a part of other patterns: "1'250,50". It matches in linear
 * time.
 */
export const FIGURES = String.raw`\d+(?:'\d{3})*(?:,\d+)?`

const DOTTED = /(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?!\d|\.\d)/g
const CURLED = /(?<=\d)’(?=\d{3}(?!\d))/g
const SPACED = /(?<![\d.,])\d{1,3}(?: 000){1,4}(?!\d)|(?<![\d.,])\d{1,3}(?: \d{3}){1,3}(?=,\d{2}(?!\d))/g
/** Models also write numbers as English does. */
const ENGLISH = /(?<![\d.,])(\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2})(?!\d|[.,]\d)|(?<=,\d{3},\d{3})(?!\d|,\d))/g
const POINT = /(?<![\d.,:])(\d+(?:'\d{3})*)\.(\d{1,2}|(?<=(?<!\d)0\.)\d{3}|\d{4,})(?!\d|[.,:]\d|\.\p{L})/gu

/** One sign for thousands: "1'250,50" for "1.250,50" and "1,250.50". What has it is an amount, and no code. */
export function sameThousands(text: string): string {
  return text
    .replace(ENGLISH, (_, whole: string, decimals?: string) => {
      return whole.replaceAll(',', "'") + (decimals === undefined ? '' : `,${decimals}`)
    })
    .replace(CURLED, "'")
    .replace(DOTTED, number => number.replaceAll('.', "'"))
    .replace(SPACED, number => number.replaceAll(' ', "'"))
}

/** A comma before the decimals, also where a point was. What may be a date or a time is in words already. */
export const withComma = (text: string): string => text.replace(POINT, '$1,$2')

/** The digits alone. */
export const withoutThousands = (number: string): string => number.replaceAll("'", '')
