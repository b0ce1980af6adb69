/**
 * Patterns of bare text from lists of phrases. `\b` knows the letters of English alone: in "nö" and "sí" it sees an end
 * where there is none, so words end here where the text has a space.
 */

const listed = (phrases: string): string =>
  phrases
    .trim()
    .split(/,\s+/)
    .map(phrase => phrase.replace(/\s+/g, ' '))
    .filter(phrase => phrase !== '')
    .join('|')

/** The words of a list that spaces separate. */
export const wordsOf = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Phrases, with a comma and a space between them, as alternatives of a larger pattern. Each may have the signs of a pattern. */
export const anyOf = (phrases: string): string => `(?:${listed(phrases)})`

/** Any of these phrases, wherever it stands. */
export const saysAny = (phrases: string, flags = 'u'): RegExp => new RegExp(`(?<=^| )${anyOf(phrases)}(?= |$)`, flags)

/** A text that ends with one of these phrases. */
export const endsWithAny = (phrases: string): RegExp => new RegExp(`(?<=^| )${anyOf(phrases)}$`, 'u')

/** A text that begins with one of these phrases. */
export const beginsWithAny = (phrases: string): RegExp => new RegExp(`^${anyOf(phrases)}(?= |$)`, 'u')

/**
 * A whole text of nothing but these phrases, at least one of them. No phrase may be others in a row: each of a caller's
 * words would then double the ways to read the text. A test of each language holds that.
 */
export const onlyOf = (phrases: string): RegExp => new RegExp(`^(?:${anyOf(phrases)}(?: |$))+$`, 'u')

/** The same, also without any, and with one of the beginnings at its end. */
export const onlyOfBeginning = (phrases: string, beginnings: string): RegExp =>
  new RegExp(`^(?:${anyOf(phrases)}(?: |$))*${anyOf(beginnings)}?$`, 'u')

/** A whole text that is one of these. */
export const exactly = (phrases: string): RegExp => new RegExp(`^${anyOf(phrases)}$`, 'u')
