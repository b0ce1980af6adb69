import { z } from 'zod'

/** What of a JSON Schema the scripted model reads. */
export interface Schema {
  readonly type?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly const?: unknown
  readonly description?: string | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly items?: Schema | undefined
  readonly anyOf?: readonly Schema[] | undefined
}

export const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.unknown().optional(),
    enum: z.array(z.unknown()).optional().catch(undefined),
    const: z.unknown().optional(),
    description: z.string().optional().catch(undefined),
    properties: z.record(z.string(), schema).optional().catch(undefined),
    required: z.array(z.string()).optional().catch(undefined),
    items: schema.optional().catch(undefined),
    anyOf: z.array(schema).optional().catch(undefined),
  }),
)

const NUMBERS = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
]
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const TEN_AND_ONE = /^[\s-]+(one|two|three|four|five|six|seven|eight|nine)\b/
const LITTLE = new Set(
  'a an the and or of to for in on at is are it its by with from this that these those as be when if use uses used call calls caller wants want asks ask gives give tells tell what which who how his her their they them he she i you your my me we not no do does will can may one each all any then than out up about'.split(
    ' ',
  ),
)

/** A word without its plural and its ending, so that "pizzas" is "pizza", and "ordering" is "order". */
export const stem = (word: string): string =>
  word
    .toLowerCase()
    .replace(/ies$/, 'y')
    .replace(/(?<=[a-z]{3})(?:ing|ed|es|s)$/, '')

/** The words of a text that say what it is about. */
export const tellingWords = (text: string): readonly string[] =>
  (text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []).filter(word => !LITTLE.has(word) && word.length > 1).map(stem)

/** Where the words of `name` stand in the text, whatever is between small and big letters, hyphens and plurals; -1 for nowhere. */
export function placeIn(text: string, name: string): number {
  const wanted = (name.match(/[\p{L}\d]+/gu) ?? []).map(stem)
  const given = [...text.matchAll(/[\p{L}\d]+/gu)]
  const at = given.findIndex((_, index) =>
    wanted.every((word, offset) => stem(given[index + offset]?.[0] ?? '') === word),
  )
  return wanted.length === 0 || at < 0 ? -1 : (given[at]?.index ?? -1)
}

/** The last number before `until` in the text: "two" in "two large ones". */
export function numberBefore(text: string, until: number): number | undefined {
  return numbersIn(text.slice(0, until)).at(-1)
}

export const numbersIn = (text: string): readonly number[] =>
  [...text.toLowerCase().matchAll(/\d+(?:\.\d+)?|[a-z]+/g)].flatMap(([word], index, all) => {
    const said = NUMBERS.indexOf(word)
    const tens = (place: number): number => TENS.indexOf(all[place]?.[0] || '-')
    // "Twenty five" was read with its tens.
    if (said >= 0) return tens(index - 1) > 0 && said > 0 && said < 10 ? [] : said
    if (tens(index) > 0) {
      const one = TEN_AND_ONE.exec(text.toLowerCase().slice((all[index]?.index ?? 0) + word.length))?.[1]
      return tens(index) * 10 + (one === undefined ? 0 : NUMBERS.indexOf(one))
    }
    return /^\d/.test(word) ? Number(word) : []
  })
