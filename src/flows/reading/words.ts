/** The words of a text, in lower case, with the signs that belong to an address or a number inside them. */
export const tokensOf = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    // "A-N-N-A" and "A. N. N. A." are letters, not a word.
    .replace(/(?<![\p{L}\p{N}])\p{L}(?:[-.]\p{L})+(?![\p{L}\p{N}])/gu, letters => letters.replace(/[-.]/g, ' '))
    .match(/\d+(?:,\d+)+|[\p{L}\p{N}@+_/'&.-]+/gu)
    ?.map(token => token.replace(/^['.-]+|['.-]+$/g, '') || (token === '-' ? '-' : ''))
    .filter(token => token !== '') ?? []

/** Texts that models write where a caller said nothing. */
const NOTHING_SAID =
  /^[<[({"]?(?:n\/?a|none|null|nil|undefined|unknown|unspecified|not (?:provided|given|specified|known|available|mentioned|said|applicable)|to be (?:confirmed|determined)|tbd|string|placeholder|empty|\?+|-+)[>\])}"]?[.!]?$/i

const PLACEHOLDER = /^(?:<[^<>]*>|\[[^[\]]*\]|\{[^{}]*\})$/

/** Whether these words stand for no answer at all. */
export const isNothing = (text: string): boolean =>
  !/[\p{L}\p{N}]/u.test(text) || NOTHING_SAID.test(text.trim()) || PLACEHOLDER.test(text.trim())

/** The words without those that only lead to an answer or follow it. Each pattern is matched against lower case. */
export function withoutFrame(text: string, before: RegExp, after: RegExp): string {
  let rest = text.trim()
  for (let cuts = 0; cuts < 8; cuts++) {
    const next = rest.replace(before, '').replace(after, '').trim()
    if (next === rest) break
    rest = next
  }
  return rest
}

const REFUSED =
  /(?<!\p{L})(?:don't|do not|won't|rather not|would you|do you|haven't|have none|need to know|keine ahnung|weiß (?:ich )?nicht|habe keine?|no (?:lo )?sé|no tengo)(?!\p{L})/u

/** Whether the caller would rather not say, or has none. */
export const isRefused = (text: string): boolean => REFUSED.test(text.toLowerCase())
