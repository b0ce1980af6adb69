import { bareText } from '../../conversation/turn/utterance.ts'

/** So many of the last words may be heard again. */
const MOST_WORDS = 8

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter(word => bareText(word) !== '')

/** The last words that were told as final, which another provider may hear again. */
export const lastWords = (before: readonly string[], text: string): readonly string[] =>
  [...before, ...wordsOf(text)].slice(-MOST_WORDS)

/**
 * The text without the words at its beginning that repeat the end of these: the longest such beginning. Its first word
 * may be the rest of one whose sound was cut.
 */
export function withoutRepeated(text: string, told: readonly string[]): string {
  const words = wordsOf(text)
  const bare = words.map(bareText)
  const before = told.map(bareText)
  for (let count = Math.min(before.length, bare.length); count > 0; count--) {
    const end = before.slice(before.length - count)
    if (end.every((word, i) => isSame(word, bare[i] ?? ''))) return words.slice(count).join(' ')
    const isCut = count > 1 && end.slice(1).every((word, i) => isSame(word, bare[i + 1] ?? ''))
    if (isCut) return words.slice(count).join(' ')
  }
  return text
}

/** Two recognisers write a word differently: one letter in a long word may be another. */
function isSame(one: string, other: string): boolean {
  if (one === other) return true
  if (Math.min(one.length, other.length) < 5 || Math.abs(one.length - other.length) > 1) return false
  let from = 0
  while (one[from] !== undefined && one[from] === other[from]) from++
  let back = 0
  while (back < Math.min(one.length, other.length) - from && one.at(-1 - back) === other.at(-1 - back)) back++
  return Math.max(one.length, other.length) - from - back <= 1
}
