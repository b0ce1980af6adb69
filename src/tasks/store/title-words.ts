/** Raise it with every change of these rules: stored words are then made anew. */
export const WORDS_VERSION = 2

/** Words that do not help to tell tasks apart. */
const EMPTY = new Set(
  `a an and the my our your his her their this that these those ones task tasks item items thing things todo to do
   about with for of on in at and called named titled regarding concerning please`.split(/\s+/),
)

const SMALL =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen`.split(/\s+/)
const TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const ORDINALS = new Map(
  `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
  sixteenth seventeenth eighteenth nineteenth twentieth`
    .split(/\s+/)
    .map((word, index): [string, number] => [word, index + 1])
    .concat([['thirtieth', 30]]),
)

/** Each of these has one spelling. "St." is a saint or a street. */
const SAME = new Map(
  Object.entries({
    doctor: 'dr',
    mister: 'mr',
    missus: 'mrs',
    professor: 'prof',
    saint: 'st',
    street: 'st',
    avenue: 'ave',
    road: 'rd',
    mount: 'mt',
    versus: 'vs',
    okay: 'ok',
    appointment: 'appt',
    department: 'dept',
    telephone: 'phone',
    television: 'tv',
  }),
)

function plainOf(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/['’‘`](?:s\b)?/g, '')
      .replace(/&|\+/g, ' and ')
      .replace(/%/g, ' percent ')
      .replace(/\b(\d+)(?:st|nd|rd|th)\b/g, '$1th')
      .replace(/(\d)[.:]00\b/g, '$1')
      .replace(/\b([ap])\.?\s?m\b\.?/g, '$1m')
      .replace(/(\d)([ap]m)\b/g, '$1 $2')
      .replace(/\bwi[- ]fi\b/g, 'wifi')
      // "E-mail", "T-shirt", "O Brien".
      .replace(/\b([etxo])[- ](?=\p{L}{3})/gu, '$1')
  )
}

/** The number of one word: "five" and "fifth" of "5" and "5th"; undefined if it is none. */
function digitsOf(word: string): string | undefined {
  const ordinal = ORDINALS.get(word)
  if (ordinal !== undefined) return `${ordinal}th`
  const tens = TENS.indexOf(word) * 10
  const small = SMALL.indexOf(word)
  return tens >= 20 ? String(tens) : small >= 0 ? String(small) : undefined
}

/** Numbers as digits: "twenty five" is "25", "twenty fifth" is "25th". */
function withDigits(words: readonly string[]): readonly string[] {
  const found: string[] = []
  for (const word of words) {
    const digits = digitsOf(word)
    const before = found.at(-1) ?? ''
    const isUnit = /^[2-9]0$/.test(before) && /^[1-9](?:th)?$/.test(digits ?? '')
    if (isUnit) found[found.length - 1] = `${before.charAt(0)}${digits}`
    else found.push(digits ?? SAME.get(word) ?? word)
  }
  return found
}

/**
 * The significant words of a text in normalised form, separated by spaces. Titles are stored and compared in this form.
 */
export function titleWords(text: string): string {
  const words = plainOf(text).match(/[\p{L}\p{N}]+/gu) ?? []
  const all = withDigits(words)
  // "One" is as likely a part of "the vendor one" as a number. A time is found by its number alone: "the five pm call".
  const significant = all.filter(word => !EMPTY.has(word) && !/^(?:1|am|pm|oclock)$/.test(word)).map(stem)
  // A title such as "Do this" has no significant word, so all its words count.
  return (significant.length > 0 ? significant : all).join(' ')
}

/** "proposals" as "proposal", "reviewing" as "review". */
function stem(word: string): string {
  if (word.length > 5 && /ing$|ies$/.test(word)) return word.slice(0, -3)
  if (word.length > 4 && /(?:ed|es)$/.test(word)) return word.slice(0, -2)
  return word.length > 3 && /[^s]s$|[^aeiou]y$|e$/.test(word) ? word.slice(0, -1) : word
}
