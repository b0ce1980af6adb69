/** What it takes to make the reference of what was heard, in words. */
export interface WordErrors {
  /** Words of the reference. */
  readonly words: number
  readonly wrong: number
  readonly left: number
  readonly added: number
}

export const NO_ERRORS: WordErrors = { words: 0, wrong: 0, left: 0, added: 0 }

/** The share of errors (0 to above 1): wrong, left out and added words by the words that were said. NaN without words. */
export const wordErrorRate = ({ words, wrong, left, added }: WordErrors): number => (wrong + left + added) / words

export const summed = (some: readonly WordErrors[]): WordErrors =>
  some.reduce(
    (sum, one) => ({
      words: sum.words + one.words,
      wrong: sum.wrong + one.wrong,
      left: sum.left + one.left,
      added: sum.added + one.added,
    }),
    NO_ERRORS,
  )

/**
 * Compares two texts by their plain words, with the fewest errors (Levenshtein). What sounds the same is the same: see
 * `plainWords`.
 */
export function wordErrors(said: string, heard: string): WordErrors {
  const [words, others] = [plainWords(said), plainWords(heard)]
  // One row after the other: how what was heard so far is made of what was said so far.
  let row = Array.from({ length: others.length + 1 }, (_, added) => ({ ...NO_ERRORS, added }))
  for (const word of words) {
    const next = [{ ...(row[0] ?? NO_ERRORS), left: (row[0]?.left ?? 0) + 1 }]
    for (const [i, other] of others.entries()) {
      const [before, above, beside] = [row[i] ?? NO_ERRORS, row[i + 1] ?? NO_ERRORS, next[i] ?? NO_ERRORS]
      const isSame = word === other
      next.push(
        fewest([
          isSame ? before : { ...before, wrong: before.wrong + 1 },
          { ...above, left: above.left + 1 },
          { ...beside, added: beside.added + 1 },
        ]),
      )
    }
    row = next
  }
  return { ...(row.at(-1) ?? NO_ERRORS), words: words.length }
}

const count = ({ wrong, left, added }: WordErrors): number => wrong + left + added

/** The first of the best. */
const fewest = (ways: readonly [WordErrors, ...WordErrors[]]): WordErrors =>
  ways.reduce((best, way) => (count(way) < count(best) ? way : best))

/**
 * The words of a text in one spelling, for recognisers spell as they like: no case and no signs, numbers as words,
 * contractions in full, no hesitation. It mends no sound: "and" stays another word than "add".
 */
export function plainWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[’‘]/g, "'")
    .replace(/\b([ap])\.\s?m\b\.?/g, '$1m')
    .replace(/(\d)\s*([ap]m)\b/g, '$1 $2')
    .replace(/\b(to|good)-(day|morrow|night|bye)\b/g, '$1$2')
    .replace(/(\d),(\d{3})\b/g, '$1$2')
    .replace(/(\d+)(st|nd|rd|th)\b/g, (_, digits: string) => ` ${ordinal(Number(digits))} `)
    .replace(/(\d):00\b/g, '$1')
    .replace(/\d+/g, digits => ` ${inWords(digits)} `)
    .split(/[^\p{L}']+/u)
    .flatMap(expanded)
    .filter(word => word !== '' && !HESITATIONS.has(word))
}

const HESITATIONS = new Set(['um', 'uh', 'uhm', 'er', 'erm', 'hmm', 'hm', 'mm', 'mhm'])

const SPELLINGS: Readonly<Record<string, string>> = {
  ok: 'okay',
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  oh: 'zero',
  "let's": 'let us',
  "can't": 'can not',
  cannot: 'can not',
  "won't": 'will not',
  gonna: 'going to',
  wanna: 'want to',
  goodbye: 'good bye',
  tonite: 'tonight',
  alright: 'all right',
  cancelled: 'canceled',
}

/** Not `'s`: it is "is", "has" or a genitive, so it stays as it is, but for its sign. */
const ENDINGS: readonly (readonly [ending: RegExp, word: string])[] = [
  [/n't$/, ' not'],
  [/'m$/, ' am'],
  [/'re$/, ' are'],
  [/'ve$/, ' have'],
  [/'ll$/, ' will'],
  [/'d$/, ' would'],
]

function expanded(word: string): readonly string[] {
  const spelled = SPELLINGS[word] ?? ENDINGS.reduce((text, [ending, full]) => text.replace(ending, full), word)
  return spelled.replace(/'/g, '').split(' ')
}

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
}

/** Up to 99 as a number, and longer ones digit by digit, as telephone numbers are said. */
function inWords(digits: string): string {
  const number = Number(digits)
  if (digits.length > 2 || (digits.length === 2 && digits.startsWith('0')))
    return Array.from(digits, digit => ONES[Number(digit)]).join(' ')
  if (number < 20) return ONES[number] ?? ''
  return [TENS[Math.floor(number / 10)], number % 10 === 0 ? '' : ONES[number % 10]].join(' ').trim()
}

function ordinal(number: number): string {
  const words = inWords(String(number)).split(' ')
  const last = words.pop() ?? ''
  return [...words, ORDINALS[last] ?? last.replace(/y$/, 'ie').concat('th')].join(' ')
}
