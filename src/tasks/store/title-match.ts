/** Words that say nothing about which task is meant. */
const EMPTY = new Set(
  `a an the my our your his her their this that these those ones task tasks item items thing things todo to do
   about with for of on in at and called named titled regarding concerning please`.split(/\s+/),
)
const NUMBERS = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, value): [string, string] => [word, String(value)]),
)

/** How well a title was named, best first: by all of its words, in another order, by some, or by words near to them. */
export type Quality = 'exact' | 'words' | 'partial' | 'misspelt'

/** The words that tell a title from others, in the form in which they are compared and kept, parted by spaces. */
export function titleWords(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’](?:s\b)?/g, '')
  const all = (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map(word => NUMBERS.get(word) ?? word)
  // As likely "the vendor one" as a number.
  const telling = all.filter(word => !EMPTY.has(word) && word !== '1').map(stem)
  // "Do this" consists of nothing else.
  return (telling.length > 0 ? telling : all).join(' ')
}

/** "proposals" as "proposal", "reviewing" as "review". */
function stem(word: string): string {
  if (word.length > 5 && /ing$|ies$/.test(word)) return word.slice(0, -3)
  if (word.length > 4 && /(?:ed|es)$/.test(word)) return word.slice(0, -2)
  return word.length > 3 && /[^s]s$|[^aeiou]y$|e$/.test(word) ? word.slice(0, -1) : word
}

/** Letters in which words may differ: what speech recognition or a thumb makes of them. Numbers are as they are. */
const slipsIn = (word: string): number => (word.length < 4 || /\d/.test(word) ? 0 : word.length < 8 ? 1 : 2)

/** Whether one becomes the other by at most `most` letters put in, left out, changed or swapped with the next. */
function isNear(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false
  let before: number[] = []
  let above = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1
      const cells = [(above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + changed]
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        cells.push((before[j - 2] ?? 0) + 1)
      row.push(Math.min(...cells))
    }
    if (Math.min(...row) > most) return false
    before = above
    above = row
  }
  return (above.at(-1) ?? 0) <= most
}

/** The titles in which each word said is, or begins a word: told by the text as it is, which is quick. */
function withWords<T extends { readonly words: string }>(said: readonly string[], among: readonly T[]): readonly T[] {
  const parts = said.map(word => (word.length < 4 ? ` ${word} ` : ` ${word}`))
  return among.filter(({ words }) => {
    const text = ` ${words} `
    return parts.every(part => text.includes(part))
  })
}

/** The titles in which each word said is near to one. Words of titles come again and again, so what is told of one is kept. */
function withNearWords<T extends { readonly words: string }>(
  said: readonly string[],
  among: readonly T[],
): readonly T[] {
  const tests = said.map(word => {
    const slips = slipsIn(word)
    const known = new Map<string, boolean>()
    return (other: string): boolean => {
      const told = known.get(other) ?? ((word.length >= 4 && other.startsWith(word)) || isNear(word, other, slips))
      known.set(other, told)
      return told
    }
  })
  return among.filter(({ words }) => {
    const others = words.split(' ')
    return tests.every(test => others.some(test))
  })
}

/** What is named best by the words said (of titleWords), and how well; nothing is undefined. */
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
  const misspelt = withNearWords(asked, among)
  return misspelt.length > 0 ? { quality: 'misspelt', matches: misspelt } : undefined
}
