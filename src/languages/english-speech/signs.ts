/** Between numbers or words, and before a number. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{
    '&': 'and',
    '@': 'at',
    '#': 'number',
    '%': 'percent',
    '+': 'plus',
    '=': 'equals',
    '<': 'less than',
    '>': 'more than',
  },
  ...{
    '×': 'times',
    '÷': 'divided by',
    '±': 'plus or minus',
    '≈': 'about',
    '≤': 'at most',
    '≥': 'at least',
    '≠': 'is not',
  },
  ...{ '→': 'to', '⇒': 'to', '°': 'degrees', '§': 'section', $: 'dollars', '€': 'euros', '£': 'pounds', '¥': 'yen' },
  ...{
    '₹': 'rupees',
    '∞': 'infinity',
    π: 'pi',
    '²': 'squared',
    '³': 'cubed',
    '√': 'the root of',
    '¢': 'cents',
    '~': 'about',
  },
  ...{ '-': 'minus', '−': 'minus' },
}
const TWO_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/<=|=</g, '≤'],
  [/>=/g, '≥'],
  [/!==?|=\/=|<>/g, '≠'],
  [/[-=]+>/g, '→'],
  [/={2,}/g, '='],
  [/&{2,}/g, '&'],
  [/\+\/-/g, '±'],
]
/** What is said for a sign depends on what it stands between. */
const RUN = /[&@#%+=<>×÷±≈≤≥≠→⇒°§$€£¥₹∞²³√¢~^|\\{}[\]*_/\p{Sm}\p{Sc}]+/gu

const BETWEEN_NUMBERS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\d) ?\* ?(?=\d)/g, ' × '],
  [/(?<=\d) [-−] (?=\d)/g, ' minus '],
  [/(?<=\d)x(?![\p{L}\d])/gu, ' times'],
  [/(?<=UTC|GMT)[-−](?=\d)/g, ' minus '],
  [/(?<=[\p{L}\d)]) ?\^ ?(?=[-−]?\d)/gu, ' to the power of '],
  [/(?<![\p{L}\p{N})])[-−](?=\.?\d)/gu, 'minus '],
  [/(?<=\d)−(?=\d)/g, ' minus '],
  [/(?<=\d)\/(?=\d)/g, ' over '],
  [/ \/ /g, ' or '],
]
const PLUS_PLUS = /(?<=\p{L})\+\+/gu
const SHARP = /(?<=(?<!\p{L})[CF])#(?![\p{L}\p{N}])/gu
const EITHER = /(?<=(?<!\p{L})\p{L}\p{Ll}+)\/(?=\p{L}\p{Ll}+)/gu

/** Signs as words: "two plus two", "R and D", "about five". What has no word is left out. */
export function signsInWords(text: string): string {
  let words = text.replace(PLUS_PLUS, ' plus plus').replace(SHARP, ' sharp').replace(EITHER, ' or ')
  for (const [pattern, sign] of TWO_SIGNS) words = words.replace(pattern, sign)
  for (const [pattern, said] of BETWEEN_NUMBERS) words = words.replace(pattern, said)
  return words.replace(RUN, (run, at: number, all: string) => {
    const sign = [...run].find(some => SIGNS[some] !== undefined)
    const isTag = sign === '#' && /^\p{L}/u.test(all.slice(at + run.length, at + run.length + 2))
    if (sign === undefined || isTag) return ' '
    const hasNext = /^ ?[\p{L}\p{N}(]/u.test(all.slice(at + run.length, at + run.length + 2))
    const hasBefore = /[\p{L}\p{N})] ?$/u.test(all.slice(Math.max(0, at - 2), at))
    return hasNext || hasBefore ? ` ${SIGNS[sign]} ` : ' '
  })
}
