const UNITS = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen'
const SMALL = `${UNITS} seventeen eighteen nineteen`.split(' ')
const TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const FIRSTS =
  `- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
  fifteenth sixteenth seventeenth eighteenth nineteenth`.split(/\s+/)
const TENTHS = '- - twentieth thirtieth'.split(' ')

const TOKEN = /-?\d+(?:[:/.-]\d+)+|-?\d+(?:st|nd|rd|th)?(?![\p{L}\d])|-?\d+|\p{L}+|[^\s,.;:!?'"()…—–-]/gu
/** Words around a date that do not change its meaning. */
const EMPTY = new Set(
  `um uh er erm hmm mm please okay ok yeah yes yep well so just maybe probably perhaps thanks sure the on by for until
  sometime anytime about around approximately roughly exactly sharp due deadline it its is instead like over
  during circa more my`.split(/\s+/),
)
/** What several words say together, as one word or none. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:(?:no|not) later than|(?:at )?(?:very )?latest|at some point|any ?time|some ?time|let s?ay|lets? say|i guess|i think|i suppose|thank you|due date|or so|or thereabouts|at most|as of|or sooner|or earlier|or before)\b/g,
    ' ',
  ],
  [/\b(?:as soon as possible|right now|(?:right|straight) away|immediately|at once|asap)\b/g, 'now'],
  [/\bmid (?=day|night)/g, 'mid'],
  [/\bthanks giving\b/g, 'thanksgiving'],
  [/\b(?:from now|from today|hence|from this (?:day|moment))\b/g, 'hence'],
  [/\b(?:this )?(?:coming up|upcoming|coming)\b/g, 'coming'],
  [/\b(?:prior to|ahead of)\b/g, 'before'],
  [/\b(?:business|working|work) ?(days?)\b|\bweek ?(days?)\b(?! at)/g, 'work$1$2'],
  [/\bwork(?:ing)? ?week\b|\bbusiness week\b/g, 'week'],
  [/\bwork(?:ing)? (month|quarter|year)\b|\b(?:calendar|business) (month|quarter|year)\b/g, '$1$2'],
  [/\b(?:close|end) of (?:business|play|(?:my )?workday|workday)(?: day)?\b|\b(?:cob|eob)\b/g, 'cob'],
  [/\b(?:end of (?:my )?day|day end|eod)\b/g, 'eod'],
  [/\b(?:first|1st) thing\b|\b(?:start|beginning) of (?:business|(?:my )?workday|day)\b/g, 'firstthing'],
  [/\blast day of (?=week\b|this week|next week)/g, 'end of '],
  [/\bfirst day of (?=week\b|this week|next week)/g, 'start of '],
  [/\bo clock\b/g, 'oclock'],
  [/\b(?:couple|pair) of\b/g, 'couple'],
  [/\bsecond to last\b/g, '2nd last'],
  [/\beom\b/g, 'end of month'],
  [/\beoy\b/g, 'end of year'],
  [/\beow\b/g, 'end of week'],
  [/\b(?:rest|remainder) of (?:current |this |my )?day\b/g, 'eod'],
  [/\bin future\b/g, 'hence'],
  [/\bthis past\b/g, 'past'],
  [/\bearly hours(?: of morning)?\b/g, 'early morning'],
  [/\b(day|night|dinner|lunch|supper) time\b/g, '$1'],
  [/\bmid(morning|afternoon|week|month|year)\b/g, 'mid $1'],
  [/\bqtr\b/g, 'quarter'],
  [/\byr\b/g, 'year'],
  [/\b(today|tomorrow|tonight)s\b/g, '$1'],
  [/\b(?:tmrw|tmr)\b/g, 'tomorrow'],
  [/\btonite\b/g, 'tonight'],
  [/\blater (?=this )/g, ''],
]
/** "Wednesday evening next week": the part of the day may stand inside the words for the day. */
const INNER_PART = /\b(\w+day) (morning|afternoon|evening|night) (?=\S)(.*)$/
/** "Fiveish", "noon-ish". */
const ISH =
  /\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirty|fifteen|noon|midday|midnight|morning|afternoon|evening|\d{1,4}) ?ish\b/g
/** Words with which a speaker corrects what came before. */
const CORRECTION = /\b(?:no|wait|i mean|i meant|make (?:that|it)|or rather|actually|scratch that|sorry|correction)\b/

interface Folded {
  readonly text: string
  readonly taken: number
}
interface Part {
  readonly value: number
  readonly isOrdinal: boolean
  readonly taken: number
}

function below100(words: readonly string[], from: number): Part | undefined {
  const word = words[from] ?? ''
  if (SMALL.includes(word)) return { value: SMALL.indexOf(word), isOrdinal: false, taken: 1 }
  if (FIRSTS.indexOf(word) > 0) return { value: FIRSTS.indexOf(word), isOrdinal: true, taken: 1 }
  if (TENTHS.indexOf(word) > 1) return { value: TENTHS.indexOf(word) * 10, isOrdinal: true, taken: 1 }
  const tens = TENS.indexOf(word) * 10
  if (tens < 20) return undefined
  const unit = below100(words, from + 1)
  if (unit === undefined || unit.value === 0 || unit.value > 9) return { value: tens, isOrdinal: false, taken: 1 }
  return { value: tens + unit.value, isOrdinal: unit.isOrdinal, taken: 2 }
}

/** A part multiplied by "hundred" or "thousand", and what follows it: "two thousand and twenty seven". */
function withScale(words: readonly string[], from: number, scale: string, times: number, first: Part): Part {
  let taken = first.taken
  if (first.isOrdinal || words[from + taken] !== scale) return first
  taken += words[from + taken + 1] === 'and' ? 2 : 1
  const rest = below100(words, from + taken)
  if (rest !== undefined) return { ...rest, value: first.value * times + rest.value, taken: taken + rest.taken }
  return { value: first.value * times, isOrdinal: false, taken: first.taken + 1 }
}

function suffix(value: number): string {
  if (value % 100 > 10 && value % 100 < 14) return 'th'
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th'
}

function numberAt(words: readonly string[], from: number): Folded | undefined {
  const next = words[from + 1] ?? ''
  const isOne = words[from] === 'a' && (next === 'hundred' || next === 'thousand')
  const part = isOne ? { value: 1, isOrdinal: false, taken: 1 } : below100(words, from)
  if (part === undefined) return undefined
  const hundreds = withScale(words, from, 'hundred', 100, part)
  const whole = hundreds === part ? withScale(words, from, 'thousand', 1000, part) : hundreds
  return { text: `${whole.value}${whole.isOrdinal ? suffix(whole.value) : ''}`, taken: whole.taken }
}

/** Numbers as digits: "twenty third" is "23rd", "five thirty" is "5 30", "nine oh five" is "9 05". */
function withDigits(words: readonly string[]): readonly string[] {
  const folded: string[] = []
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? ''
    const next = /^(?:oh|o|zero)$/.test(word) ? numberAt(words, at + 1) : undefined
    const isPadded = next !== undefined && /^[1-9](?:\d\d)?$/.test(next.text)
    const digit = isPadded ? { text: `0${next.text}`, taken: next.taken + 1 } : numberAt(words, at)
    folded.push(digit?.text ?? word)
    at += digit?.taken ?? 1
  }
  return folded
}

/**
 * The words said about a date: in lower case, with numbers as digits, without words that do not change its meaning. Each
 * correction starts a new list ("Friday, no, Monday" gives two); the last list is the last correction.
 */
export function dateWords(text: string): readonly (readonly string[])[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=\p{L})['’‘`]s\b/gu, '')
    .replace(/['’‘`]/g, '')
    .replace(/(?<!\p{L})([ap])\s?\.?\s?m\b\.?/gu, ' $1m ')
    .replace(/week-end/g, 'weekend')
    // A span of dates or times is no due date: no rule reads this word.
    .replace(
      /(?<=\d|m) ?[-–—~] (?=\d)|(?<=\d) [-–—~](?=\d)|(?<=\d ?[ap]m ?)[-–—~](?=\d)|(?<=\d)[–—~](?=\d)/g,
      ' through ',
    )
    .replace(/\b(?:on|the) (\d{1,2})(?= (?:of|at|in)\b|$)/g, ' $1th')
    .replace(/\b(\d{1,2})\.(\d\d)\b(?!\.)/g, '$1:$2')
    .replace(/(\d)t(\d)/g, '$1 $2')
  const words = (plain.match(TOKEN) ?? [])
    .join(' ')
    .replace(/\bthe\b/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(ISH, '$1')
  return PHRASES.reduce((text, [phrase, word]) => text.replace(phrase, word), words)
    .split(CORRECTION)
    .map(part => part.replace(INNER_PART, '$1 $3 in $2'))
    .map(part => withDigits(part.split(/\s+/).filter(word => word !== '' && !EMPTY.has(word))))
    .map(part => part.filter(word => word !== 'oh'))
    .filter(part => part.length > 0)
}
