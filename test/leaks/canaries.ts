/** The digits from 0, as people say them. */
const DIGITS = {
  en: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
  de: ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'],
  es: ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'],
} as const
export type Spoken = keyof typeof DIGITS
const VALUES = new Map<string, string>([
  ['oh', '0'],
  ...Object.values(DIGITS).flatMap(words => words.map((word, digit): [string, string] => [word, String(digit)])),
])
const LETTERS = 'bcdfghjklmnpqrstvwxz'
const NUMBER_WORD = new RegExp(`\\b(?:${[...VALUES.keys()].join('|')})\\b`, 'gi')

/** What must be found nowhere of a caller: made up from a seed, and like nothing else. */
export interface CallerCanaries {
  readonly number: string
  readonly card: string
  readonly name: string
}

export function callerCanaries(draw: () => number): CallerCanaries {
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(draw() * 10)).join('')
  const letters = Array.from({ length: 6 }, () => LETTERS[Math.floor(draw() * LETTERS.length)]).join('')
  return { number: `+1${2 + Math.floor(draw() * 8)}${digits(9)}`, card: `4${digits(15)}`, name: `Zyl${letters}ara` }
}

/** Digits as people say them. */
export const spoken = (digits: string, language: Spoken = 'en'): string =>
  [...digits].flatMap(digit => (/\d/.test(digit) ? [DIGITS[language][Number(digit)]] : [])).join(' ')

/** Finds canaries in text: words wherever they stand, and digits in any grouping, and in words. */
export function canaryScan(words: readonly string[], digits: readonly string[]) {
  const known = new Set(digits)
  const lengths = [...new Set(digits.map(({ length }) => length))]
  const lower = words.map(word => word.toLowerCase())

  function digitsIn(text: string): readonly string[] {
    const numbers = text.replace(NUMBER_WORD, word => VALUES.get(word.toLowerCase()) ?? word)
    const found: string[] = []
    for (const [run] of numbers.matchAll(/\d(?:[\s().,/:+_-]*\d){7,}/g)) {
      const all = run.replaceAll(/\D/g, '')
      for (const length of lengths)
        for (let at = 0; at + length <= all.length; at++)
          if (known.has(all.slice(at, at + length))) found.push(all.slice(at, at + length))
    }
    return found
  }

  return (text: string): readonly string[] => {
    const small = text.toLowerCase()
    return [...lower.filter(word => small.includes(word)), ...digitsIn(text)]
  }
}
