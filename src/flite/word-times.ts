import type { Word } from '../conversation/ports.ts'

/** A phone (a sound of speech) and its end in ms; it begins where the previous one ends. `pau` is silence. */
export interface Phone {
  readonly name: string
  readonly endMs: number
}

/**
 * Computes each word's times from the phones of the whole text and the number of phones that each word has by itself.
 * When the two do not add up (a sentence changes how a number or name is read) the phones are divided in proportion.
 */
export function wordTimes(
  words: readonly string[],
  phoneCounts: readonly number[],
  phones: readonly Phone[],
): readonly Word[] {
  const voiced = phones
    .map(({ name, endMs }, i) => ({ name, startMs: phones[i - 1]?.endMs ?? 0, endMs }))
    .filter(({ name }) => name !== 'pau')
  const total = phoneCounts.reduce((sum, count) => sum + count, 0)
  const scale = total === 0 ? 0 : voiced.length / total
  let counted = 0
  let lastEndMs = voiced[0]?.startMs ?? 0
  return words.map((text, i) => {
    const first = Math.round(counted * scale)
    counted += phoneCounts[i] ?? 0
    const last = Math.round(counted * scale) - 1
    const startMs = last < first ? lastEndMs : (voiced[first]?.startMs ?? lastEndMs)
    lastEndMs = last < first ? lastEndMs : (voiced[last]?.endMs ?? lastEndMs)
    return { text, startMs: Math.round(startMs), endMs: Math.round(lastEndMs) }
  })
}
