import { type Block, type Document, oneLine } from './document.ts'

/** What is found: a part of a document that says something by itself. */
export interface Piece {
  /** From the document's title to the heading above it. */
  readonly titles: readonly string[]
  readonly text: string
}

/** Letters. What a caller asks is answered by a few sentences, and the model is given several pieces. */
const LONGEST = 1_100
/** What is shorter is put together with what follows it under the same heading. */
const OVERLAP = 150
const LONGEST_TITLE = 120
const MOST_TITLES = 5
/** To its end with the spaces after it, or to the end of its line. */
const SENTENCE = /[^\n]*?(?:[.!?…]+["'”»)\]]*(?:[ \t]+|\n|$)|[。！？]|\n|$)/gu

/**
 * The pieces of a document: its sections by their headings, and long ones in parts that begin with the last sentence of the
 * part before. A table has the names of its columns in each of its pieces. Text that stands twice is one piece.
 */
export function piecesOf({ title, blocks }: Document, fallbackTitle: string): readonly Piece[] {
  const name = short(title ?? fallbackTitle)
  const pieces: Piece[] = []
  const seen = new Set<string>()
  let headings: { readonly level: number; readonly text: string }[] = []
  let section: Block[] = []

  function endSection(): void {
    const path = [name, ...headings.map(({ text }) => text)]
    const titles = path.filter((text, i) => path.indexOf(text) === i)
    const kept = titles.length > MOST_TITLES ? [...titles.slice(0, 1), ...titles.slice(1 - MOST_TITLES)] : titles
    for (const text of partsOf(section)) {
      const key = `${kept.at(-1)}\n${text}`
      if (!seen.has(key)) pieces.push({ titles: kept, text })
      seen.add(key)
    }
    section = []
  }

  for (const block of blocks) {
    if (block.kind !== 'heading') {
      section.push(block)
      continue
    }
    endSection()
    headings = [...headings.filter(({ level }) => level < block.level), { level: block.level, text: short(block.text) }]
  }
  endSection()
  return pieces
}

const short = (text: string): string => {
  const line = oneLine(text)
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1).toWellFormed()}…` : line
}

function partsOf(section: readonly Block[]): readonly string[] {
  const parts: string[] = []
  let part = ''
  const end = (): void => {
    if (/[\p{L}\p{N}]/u.test(part)) parts.push(part.trim())
    part = ''
  }
  for (const block of section) {
    if (block.kind === 'table') {
      end()
      parts.push(...tableParts(block.rows))
      continue
    }
    for (const sentence of sentencesOf(block.text)) {
      if (part !== '' && part.length + sentence.length > LONGEST) {
        const last = lastSentence(part) + (part.endsWith('\n') ? '\n' : ' ')
        end()
        if (last.trim() !== '' && last.length + sentence.length <= LONGEST) part = last
      }
      part += sentence
    }
    part += '\n'
  }
  end()
  return parts
}

/** Sentences with the spaces after them; one that is too long is cut, between words where there are some. */
function* sentencesOf(text: string): Generator<string> {
  for (const [sentence] of text.matchAll(SENTENCE)) {
    let rest = sentence
    while (rest.length > LONGEST) {
      const space = rest.lastIndexOf(' ', LONGEST)
      const at = space > LONGEST / 2 ? space + 1 : LONGEST
      yield rest.slice(0, at).toWellFormed()
      rest = rest.slice(at)
    }
    if (rest !== '') yield rest.toWellFormed()
  }
}

function lastSentence(part: string): string {
  const last = [...sentencesOf(part.trim())].at(-1) ?? ''
  return last.length > 0 && last.length <= OVERLAP ? last : ''
}

function tableParts(rows: readonly string[]): readonly string[] {
  const [columns = '', ...others] = rows.map(row => row.slice(0, LONGEST).toWellFormed())
  const head = columns.length < LONGEST / 2 ? `${columns}\n` : ''
  if (others.length === 0) return columns === '' ? [] : [columns]
  const parts: string[] = []
  let part = ''
  for (const row of head === '' ? [columns, ...others] : others) {
    if (part !== '' && head.length + part.length + row.length > LONGEST) {
      parts.push(`${head}${part}`.trim())
      part = ''
    }
    part += `${row}\n`
  }
  if (part !== '') parts.push(`${head}${part}`.trim())
  return parts
}
