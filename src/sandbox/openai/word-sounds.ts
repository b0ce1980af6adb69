import { doubleMetaphone } from 'double-metaphone'
import { distance } from 'fastest-levenshtein'

/** A caller's turn or a title is no longer than this; what comes after it does not make two texts sound alike. */
const MOST_LETTERS = 200

/** How a text sounds, as a code of its consonants: the same for "undo" and "and do". */
export function soundOf(text: string): string {
  const letters = text
    .slice(0, MOST_LETTERS)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  // A th is often heard as an f or a t, and an f at the end of a syllable is written in many ways.
  return doubleMetaphone(letters)[1].replace(/0/g, 'T')
}

/** How much alike two texts sound, from 0 to 1. Texts without a consonant are like none. */
export function likeness(one: string, other: string): number {
  const [a, b] = [soundOf(one), soundOf(other)]
  const longest = Math.max(a.length, b.length)
  return longest === 0 ? 0 : 1 - distance(a, b) / longest
}
