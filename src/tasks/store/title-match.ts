/**
 * How well a title matches, best first: all its words, the same words in another order, some of its words, or similar
 * words.
 */
export type Quality = 'exact' | 'words' | 'partial' | 'misspelt'

/** How many letters may differ, because of recognition errors or typos. Numbers must match exactly. */
const mistakesAllowed = (word: string): number => (word.length < 4 || /\d/.test(word) ? 0 : word.length < 8 ? 1 : 2)

/** Whether at most `most` insertions, deletions, substitutions or swaps of neighbours turn one word into the other. */
function isNear(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false
  let before: number[] = []
  let above = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1
      const edited = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + changed)
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      row.push(isSwapped ? Math.min(edited, (before[j - 2] ?? 0) + 1) : edited)
    }
    if (Math.min(...row) > most) return false
    before = above
    above = row
  }
  return (above.at(-1) ?? 0) <= most
}

/** The titles in which each said word is a word or begins one. It searches the unsplit text, which is fast. */
function withWords<T extends { readonly words: string }>(said: readonly string[], among: readonly T[]): readonly T[] {
  const parts = said.map(word => (word.length < 4 ? ` ${word} ` : ` ${word}`))
  return among.filter(({ words }) => {
    const text = ` ${words} `
    return parts.every(part => text.includes(part))
  })
}

/** Whether it was said as one word or as two does not matter: "voicemail" and "voice mail". */
function withJoinedWords<T extends { readonly words: string }>(
  said: readonly string[],
  among: readonly T[],
): readonly T[] {
  // The stem of the first word may have lost an "e".
  const joined = (one: string, other: string): readonly string[] => [`${one}${other}`, `${one}e${other}`]
  const pairsOf = (words: readonly string[]): readonly (readonly string[])[] =>
    words.slice(1).map((word, at) => joined(words[at] ?? '', word))
  const pairs = pairsOf(said)
  return among.filter(({ words }) => {
    const text = ` ${words} ${pairsOf(words.split(' ')).flat().join(' ')} `
    const has = (word: string): boolean => text.includes(word.length < 4 ? ` ${word} ` : ` ${word}`)
    const isJoined = (at: number): boolean => pairs[at]?.some(has) ?? false
    return said.every((word, at) => has(word) || isJoined(at - 1) || isJoined(at))
  })
}

/** A longer word is no recognition error or typo of another. */
const LONGEST_WORD = 40
/** Nobody says more words of a title. */
const MOST_WORDS = 20
/** Some ten milliseconds of comparing. No list of ordinary titles needs so much; titles beyond it are not compared. */
const MOST_WORK = 1_000_000
/** The work of looking up a comparison that was made before; one of two letters is 1. */
const LOOKING_UP = 5

/** The titles that have a similar word for each said word. Titles share many words, so each comparison is cached. */
function withNearWords<T extends { readonly words: string }>(
  said: readonly string[],
  among: readonly T[],
): readonly T[] {
  if (said.length > MOST_WORDS) return []
  let work = 0
  const tests = said.map(word => {
    const allowed = word.length > LONGEST_WORD ? 0 : mistakesAllowed(word)
    const known = new Map<string, boolean>()
    const compared = (other: string): boolean => {
      if (word.length >= 4 && other.startsWith(word)) return true
      if (Math.abs(word.length - other.length) > allowed) return false
      work += word.length * other.length
      return isNear(word, other, allowed)
    }
    return (other: string): boolean => {
      work += LOOKING_UP
      const before = known.get(other)
      if (before !== undefined) return before
      const isSimilar = compared(other)
      known.set(other, isSimilar)
      return isSimilar
    }
  })
  return among.filter(({ words }) => {
    if (work > MOST_WORK) return false
    const others = words.split(' ')
    return tests.every(test => others.some(test))
  })
}

/** The best matches for the said words (from titleWords), and how well they match; undefined if there are none. */
export function bestMatches<T extends { readonly words: string }>(
  said: string,
  among: readonly T[],
): { readonly quality: Quality; readonly matches: readonly T[] } | undefined {
  if (said === '') return undefined
  const exact = among.filter(({ words }) => words === said)
  if (exact.length > 0) return { quality: 'exact', matches: exact }
  const asked = said.split(' ')
  const partial = withWords(asked, among)
  const sorted = asked.toSorted().join(' ')
  const reordered = partial.filter(({ words }) => words.split(' ').sort().join(' ') === sorted)
  if (reordered.length > 0) return { quality: 'words', matches: reordered }
  if (partial.length > 0) return { quality: 'partial', matches: partial }
  const joined = withJoinedWords(asked, among)
  if (joined.length > 0) return { quality: 'partial', matches: joined }
  const misspelt = withNearWords(asked, among)
  return misspelt.length > 0 ? { quality: 'misspelt', matches: misspelt } : undefined
}
