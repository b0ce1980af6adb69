/** What signs are called in a language. */
export interface SignWords {
  /** What is said for a sign between numbers or words, and before a number. Every sign of money has one. */
  readonly signs: Readonly<Record<string, string>>
  readonly minus: string
  /** Between two numbers: "2 * 3", "2x", "1/2". */
  readonly times: string
  readonly over: string
  /** "10^2". */
  readonly toThePower: string
  /** Between two words: "tea/coffee". */
  readonly or: string
  readonly plusPlus: string
  /** After a letter: "C#". */
  readonly sharp: string
}

const TWO_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/<=|=</g, '≤'],
  [/>=/g, '≥'],
  [/!==?|=\/=|<>/g, '≠'],
  [/(?<![-=])[-=]+>/g, '→'],
  [/={2,}/g, '='],
  [/&{2,}/g, '&'],
  [/\+\/-/g, '±'],
]
/** What is said for a sign depends on what it stands between. */
const RUN = /[&@#%+=<>×÷±≈≤≥≠→⇒°§$€£¥₹∞²³√¢~^|\\{}[\]*_/\p{Sm}\p{Sc}]+/gu

const betweenNumbers = ({ minus, times, toThePower, over, or }: SignWords): readonly (readonly [RegExp, string])[] => [
  [/(?<=\d) ?\* ?(?=\d)/g, ' × '],
  [/(?<=\d) [-−] (?=\d)/g, ` ${minus} `],
  [/(?<=\d)x(?![\p{L}\d])/gu, ` ${times}`],
  [/(?<=UTC|GMT)[-−](?=\d)/g, ` ${minus} `],
  [/(?<=[\p{L}\d)]) ?\^ ?(?=[-−]?\d)/gu, ` ${toThePower} `],
  [/(?<![\p{L}\p{N})])[-−](?=\.?\d)/gu, `${minus} `],
  [/(?<=\d)−(?=\d)/g, ` ${minus} `],
  [/(?<=\d)\/(?=\d)/g, ` ${over} `],
  [/ \/ /g, ` ${or} `],
]
const PLUS_PLUS = /(?<=\p{L})\+\+/gu
const SHARP = /(?<=(?<!\p{L})[CF])#(?![\p{L}\p{N}])/gu
const EITHER = /(?<=(?<!\p{L})\p{L}\p{Ll}+)\/(?=\p{L}\p{Ll}+)/gu

/** Puts signs into words: "two plus two", "R and D", "about five". What has no word is left out. */
export function signsBy(words: SignWords): (text: string) => string {
  const { signs, or, plusPlus, sharp } = words
  const between = betweenNumbers(words)
  return text => {
    let said = text.replace(PLUS_PLUS, ` ${plusPlus}`).replace(SHARP, ` ${sharp}`).replace(EITHER, ` ${or} `)
    for (const [pattern, sign] of TWO_SIGNS) said = said.replace(pattern, sign)
    for (const [pattern, word] of between) said = said.replace(pattern, word)
    return said.replace(RUN, (run, at: number, all: string) => {
      const sign = [...run].find(some => signs[some] !== undefined)
      const isTag = sign === '#' && /^\p{L}/u.test(all.slice(at + run.length, at + run.length + 2))
      if (sign === undefined || isTag) return ' '
      const hasNext = /^ ?[\p{L}\p{N}(]/u.test(all.slice(at + run.length, at + run.length + 2))
      const hasBefore = /[\p{L}\p{N})] ?$/u.test(all.slice(Math.max(0, at - 2), at))
      return hasNext || hasBefore ? ` ${signs[sign]} ` : ' '
    })
  }
}
