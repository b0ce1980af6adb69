const DIGITS = 'zero one two three four five six seven eight nine'.split(' ')
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
}
/**
 * Contractions that some recognisers write without the apostrophe. "ill", "well", "were" and "its" are left out, because
 * they are words of their own.
 */
const RESTORED = new Map(
  `i'm i've don't doesn't didn't can't won't isn't aren't wasn't couldn't wouldn't shouldn't haven't hasn't that's what's
  where's how's who's there's here's let's they're you're you've you'd it'll that'll o'clock`
    .split(/\s+/)
    .map(word => [word.replace("'", ''), word]),
)
const SAME: Readonly<Record<string, string>> = { ok: 'okay', yea: 'yeah', ya: 'yeah', mm: 'hmm', gonna: 'going to' }
const TOKEN = /\d+(?:,\d{3})+|\d+(?:st|nd|rd|th)?|\p{L}+(?:'\p{L}+)*/gu

function below100(value: number): string {
  if (value < 10) return DIGITS[value] ?? ''
  if (value < 20) return TEENS[value - 10] ?? ''
  const tens = TENS[Math.floor(value / 10)] ?? ''
  return value % 10 === 0 ? tens : `${tens} ${DIGITS[value % 10]}`
}

function below10000(value: number): string {
  const thousands = value >= 1000 ? `${DIGITS[Math.floor(value / 1000)]} thousand ` : ''
  const hundreds = value % 1000 >= 100 ? `${DIGITS[Math.floor((value % 1000) / 100)]} hundred ` : ''
  const rest = value % 100 === 0 && value > 0 ? '' : below100(value % 100)
  return `${thousands}${hundreds}${rest}`.trim()
}

/** The way that people say written digits: a quantity, a year, or one digit after the other. */
function spoken(digits: string): string {
  const value = Number(digits)
  const round = value % 100 === 0 && value < 10_000
  if (!digits.startsWith('0') && (digits.length <= 2 || (round && digits.length <= 4))) return below10000(value)
  if (/^(?:19|20)\d\d$/.test(digits)) return `${below100(Math.floor(value / 100))} ${below100(value % 100)}`
  return [...digits].map(digit => DIGITS[Number(digit)]).join(' ')
}

function ordinal(value: number): string {
  const words = below10000(value % 10_000).split(' ')
  const last = words.at(-1) ?? ''
  const ending = ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`)
  return [...words.slice(0, -1), ending].join(' ')
}

/** One spelling for each hesitation sound, however long. */
function sound(word: string): string {
  if (/^u+h*m+$|^e+r+m+$|^e+h*m+$/.test(word)) return 'um'
  if (/^u+h+$|^e+r+$|^e+h+$/.test(word)) return 'uh'
  return /^h+m+$/.test(word) ? 'hmm' : word
}

function wordsOf(token: string): string {
  if (/^\d/.test(token)) {
    if (token.includes(',')) {
      const value = Number(token.replaceAll(',', ''))
      return value < 10_000 ? below10000(value) : spoken(String(value))
    }
    return /\D$/.test(token) ? ordinal(Number.parseInt(token, 10)) : spoken(token)
  }
  return SAME[token] ?? RESTORED.get(token) ?? sound(token)
}

/**
 * The words of a transcript in one form: lower case, no punctuation, numbers as words ("2:30" and "two thirty"), one
 * spelling for contractions and for hesitation sounds. Punctuation is dropped because recognisers send it late, or not at
 * all.
 */
export function normalise(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .replace(/[’‘`]/g, "'")
    .replace(/\b(mm+|m)[- ]?hm+\b/g, 'mhm')
    .replace(/\buh[- ]huh\b/g, 'uhhuh')
    .replace(/(\p{L})@(\p{L})/gu, '$1 at $2')
    // The bound keeps it linear on a text without spaces.
    .replace(/(\p{L}{2,40})\.(\p{L}{2,40})/gu, '$1 dot $2')
    .replace(/\b([ap])\.\s?m\b/g, '$1m')
    .replace(/(\d)\s?([ap]m)\b/g, '$1 $2')
    .replace(/(\d):00\b/g, '$1')
    .replace(/(\d)(?::|\.)(\d)/g, '$1 $2')
    .replace(/\$\s?(\d+(?:,\d{3})*)/g, '$1 dollars')
    .replaceAll('%', ' percent')
    .replaceAll('&', ' and ')
  const tokens = plain.match(TOKEN) ?? []
  return tokens.length === 0 ? [] : tokens.map(wordsOf).join(' ').split(' ')
}
