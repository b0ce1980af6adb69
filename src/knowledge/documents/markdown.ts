import { type Block, type Document, oneLine } from './document.ts'

/** Marks a line of code: no text that was read has it. */
const CODE = '\0'
const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-{1,}:?[ \t]*(?:\|[ \t]*:?-{1,}:?[ \t]*)*\|?[ \t]*$/
const FRONT_MATTER = /^---[ \t]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/
const TITLE = /^title:[ \t]*(["']?)(.+?)\1[ \t]*$/m

/** Markdown as blocks: headings, tables, and paragraphs without the signs that only set them. Code stays as it is. */
export function readMarkdown(source: string): Document {
  const text = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  const front = FRONT_MATTER.exec(text)
  const lines = withoutComments(front ? text.slice(front[0].length) : text).split('\n')
  const blocks: Block[] = []
  let paragraph: string[] = []
  let fence: string | undefined

  function endParagraph(): void {
    // Lines of a sentence are one line; an entry of a list and code keep their own.
    const words = paragraph.reduce(
      (text, line) => `${text}${isList(line) || line.startsWith(CODE) ? '\n' : ' '}${line}`,
      '',
    )
    const clean = words.replaceAll(CODE, '').trim()
    if (clean !== '') blocks.push({ kind: 'text', text: clean })
    paragraph = []
  }

  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const mark = FENCE.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined
      else paragraph.push(`${CODE}${line}`)
      continue
    }
    if (mark) {
      fence = mark
      continue
    }
    const heading = HEADING.exec(line)
    if (heading) {
      endParagraph()
      const words = plain(heading[2] ?? '')
      if (words !== '') blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: words })
      continue
    }
    const under = UNDERLINE.exec(line)?.[1]
    if (under && paragraph.length === 1 && !isList(paragraph[0] ?? '')) {
      const words = plain(paragraph[0] ?? '')
      paragraph = []
      blocks.push({ kind: 'heading', level: under.startsWith('=') ? 1 : 2, text: words })
      continue
    }
    if (line.includes('|') && TABLE_RULE.test(lines[i + 1] ?? '') && (lines[i + 1] ?? '').includes('-')) {
      endParagraph()
      const rows = [row(line)]
      for (i += 2; i < lines.length && (lines[i] ?? '').includes('|'); i++) rows.push(row(lines[i] ?? ''))
      i--
      blocks.push({ kind: 'table', rows: rows.filter(one => one !== '') })
      continue
    }
    if (line.trim() === '') endParagraph()
    else paragraph.push(plain(line))
  }
  endParagraph()
  const named = front && TITLE.exec(front[1] ?? '')?.[2]
  const first = blocks.find(block => block.kind === 'heading' && block.level === 1)
  return { title: named ?? (first?.kind === 'heading' ? first.text : undefined), blocks }
}

/** From one end to the other, since a pattern would look at a page without an end again for each beginning. */
function withoutComments(text: string): string {
  let kept = ''
  for (let from = 0; ; ) {
    const start = text.indexOf('<!--', from)
    const end = start < 0 ? -1 : text.indexOf('-->', start)
    if (end < 0) return kept + text.slice(from)
    kept += text.slice(from, start)
    from = end + '-->'.length
  }
}

const isList = (line: string): boolean => /^\s*(?:[-*+]|\d+[.)])\s/.test(line)

const row = (line: string): string =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map(cell => plain(cell))
    .join(' | ')

/** A line without pictures, with the words of its links alone, and without signs for emphasis and code. */
function plain(line: string): string {
  const words = line
    .replace(/!\[[^[\]]{0,500}\]\([^()]{0,2000}\)/g, '')
    .replace(/\[([^[\]]{0,500})\]\([^()]{0,2000}\)/g, '$1')
    .replace(/\[([^[\]]{1,500})\]\[[^[\]]{0,200}\]/g, '$1')
    .replace(/<(https?:[^>\s]{1,2000})>/g, '$1')
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, '')
    .replace(/^\s*(?:>\s?)+/, '')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, '')
  return oneLine(words)
}
