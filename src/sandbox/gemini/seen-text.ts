import type { SeenWord } from './screen-reader.ts'

/** Words that are further apart than so many of their heights are in different columns. */
const COLUMN_GAP = 2.5
/** A heading's letters are so much larger than those of the usual line. */
const HEADING = 1.35
const LEAST_LETTERS = 2
/** The edges of pictures and buttons are read as letters, but with doubt. In a line of words one may be doubtful. */
const LEAST_SURE = 0.3
const MOST_LETTERS = 900
const MONTH = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
/** Like the real one it tells subjects, names, dates and deadlines first. */
const TELLS_FIRST = [
  /^(?:subject|title|re|from|to|by|date|due)\s*:/i,
  /\b(?:deadline|due|until|no later than|expires?)\b/i,
  new RegExp(`\\b(?:${MONTH})[a-z]*\\b.*\\d|\\d.*\\b(?:${MONTH})[a-z]*\\b|\\d{4}-\\d\\d-\\d\\d`, 'i'),
]

interface SeenLine {
  readonly text: string
  readonly height: number
}

/** What a picture with these words shows, in sentences. The words are quoted as they stand there. */
export function shownText(words: readonly SeenWord[]): string {
  const lines = linesOf(words)
  if (lines.length === 0) return 'The screen shows no text that can be read.'
  const usual = median(lines.map(({ height }) => height))
  const largest = lines.reduce((one, other) => (other.height > one.height ? other : one))
  const heading = largest.height >= usual * HEADING ? largest : undefined
  const rest = lines.filter(line => line !== heading).map(({ text }) => text)
  const first = rest.filter(text => TELLS_FIRST.some(pattern => pattern.test(text)))
  const quoted = [...first, ...rest.filter(text => !first.includes(text))].map(text => `“${text}”`)
  const begins = heading ? `The screen shows, as its heading: “${heading.text}”.` : 'The screen shows text.'
  const kept = quoted.filter((_, index) => quoted.slice(0, index + 1).join('; ').length <= MOST_LETTERS)
  return kept.length === 0 ? begins : `${begins} It reads: ${kept.join('; ')}.`
}

/** The words as lines, where a gap begins another column. */
function linesOf(words: readonly SeenWord[]): readonly SeenLine[] {
  const lines: SeenWord[][] = []
  let isOpen = false
  for (const word of words) {
    const before = isOpen ? lines.at(-1)?.at(-1) : undefined
    const height = word.bottom - word.top
    const isNext =
      before !== undefined && word.left - before.right < COLUMN_GAP * Math.max(height, before.bottom - before.top)
    if (isNext) lines.at(-1)?.push(word)
    else lines.push([word])
    isOpen = !word.ends
  }
  const read = lines.filter(line => line.some(({ sure }) => sure >= LEAST_SURE))
  return read.map(lineOf).filter(({ text }) => (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= LEAST_LETTERS)
}

function lineOf(words: readonly SeenWord[]): SeenLine {
  const text = words.map(word => word.text.trim()).join(' ')
  // A stroke that stands alone is the letter I.
  return {
    text: text
      .replace(/(^|\s)\|(?=\s|$)/g, '$1I')
      .replace(/[“”]/g, '"')
      .replace(/\s+/g, ' ')
      .trim(),
    height: median(words.map(({ top, bottom }) => bottom - top)),
  }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
