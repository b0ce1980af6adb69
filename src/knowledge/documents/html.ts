import { Parser } from 'htmlparser2'
import { type Block, type Document, DocumentError, oneLine } from './document.ts'

/** What is no content of a page, whatever stands in it: code, pictures, and what every page of a site has around it. */
const LEFT_OUT = new Set(
  `script style noscript template svg canvas iframe object head nav header footer aside form button select option input
  textarea dialog menu figure audio video`.split(/\s+/),
)
/** The parser looks through all that are open for each that begins: a minute for a hundred thousand of them. */
const DEEPEST = 2_000
/** They have no end of their own. */
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))
const BREAKS = new Set(
  `address article blockquote br dd details div dl dt fieldset figcaption hr li main ol p pre section summary ul table
  caption body html`.split(/\s+/),
)
/** By ARIA and by the names that sites give to their own frame. */
const FRAME =
  /(?:^|[\s_-])(?:cookie|consent|breadcrumbs?|navbar|sidebar|site-?(?:header|footer|nav)|skip-?link|share|social|newsletter|advert)(?:$|[\s_-])/i
const FRAME_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'alert', 'dialog'])

/**
 * A page as blocks: what a reader sees of its content, without the frame that its site puts around every page. Nothing is
 * run or fetched. Where all of it seems to be frame, a page with no more than that, all is read.
 */
export function readHtml(source: string): Document {
  const content = read(source, true)
  return content.blocks.length > 0 ? content : read(source, false)
}

function read(source: string, leavesFrame: boolean): Document {
  const blocks: Block[] = []
  let title = ''
  let isTitle = false
  let text = ''
  let heading: number | undefined
  let rows: string[] | undefined
  let cells: string[] | undefined
  /** The elements around that are left out: what is inside of them counts for nothing. */
  const out: string[] = []
  const always = new Set(['script', 'style', 'noscript', 'template', 'svg', 'head', 'iframe', 'object', 'canvas'])

  function endBlock(): void {
    const words = oneLine(text)
    text = ''
    if (words === '') return
    if (cells) cells.push(words)
    else if (heading !== undefined) blocks.push({ kind: 'heading', level: heading, text: words })
    else blocks.push({ kind: 'text', text: words })
  }
  function endTable(): void {
    if (rows && rows.length > 0) blocks.push({ kind: 'table', rows })
    rows = undefined
    cells = undefined
  }
  const isOut = (name: string, given: Record<string, string>): boolean => {
    if (always.has(name)) return true
    if (given.hidden !== undefined || given['aria-hidden'] === 'true' || /display\s*:\s*none/i.test(given.style ?? ''))
      return true
    if (!leavesFrame) return false
    // The header of an article has its heading.
    if (name === 'header' || name === 'footer') return !isInArticle
    return (
      LEFT_OUT.has(name) || FRAME_ROLES.has(given.role ?? '') || FRAME.test(`${given.class ?? ''} ${given.id ?? ''}`)
    )
  }
  let isInArticle = false
  let depth = 0

  const parser = new Parser(
    {
      onopentag(name, given) {
        depth++
        if (depth > DEEPEST) throw new DocumentError(`has more than ${DEEPEST} elements inside each other`)
        if (name === 'title' && out.at(-1) === 'head') isTitle = true
        if (
          out.length > 0 ||
          (!VOID.has(name) && name !== 'body' && name !== 'html' && name !== 'main' && isOut(name, given))
        ) {
          if (!VOID.has(name)) out.push(name)
          return
        }
        if (name === 'article' || name === 'main') isInArticle = true
        if (/^h[1-6]$/.test(name)) {
          endBlock()
          heading = Number(name[1])
        } else if (name === 'table') {
          endBlock()
          rows ??= []
        } else if (name === 'tr' && rows) {
          endBlock()
          cells = []
        } else if ((name === 'td' || name === 'th') && cells) endBlock()
        else if (name === 'li' && !cells) {
          endBlock()
          text = '- '
        } else if (BREAKS.has(name)) {
          if (cells) text += ' '
          else endBlock()
        }
      },
      ontext(words) {
        if (isTitle) title += words
        else if (out.length === 0) text += words
      },
      onclosetag(name) {
        depth--
        if (name === 'title') isTitle = false
        if (out.length > 0) {
          const at = out.lastIndexOf(name)
          if (at >= 0) out.length = at
          return
        }
        if (/^h[1-6]$/.test(name)) {
          endBlock()
          heading = undefined
        } else if ((name === 'td' || name === 'th') && cells) endBlock()
        else if (name === 'tr' && rows && cells) {
          endBlock()
          if (cells.length > 0) rows.push(cells.join(' | '))
          cells = undefined
        } else if (name === 'table') {
          cells = undefined
          endTable()
        } else if (BREAKS.has(name)) {
          if (name === 'article' || name === 'main') isInArticle = false
          if (cells) text += ' '
          else endBlock()
        }
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  )
  parser.end(source)
  endBlock()
  endTable()
  const first = blocks.find(block => block.kind === 'heading' && block.level === 1)
  return {
    title: first?.kind === 'heading' ? first.text : oneLine(title) || undefined,
    blocks: blocks.filter(hasWords),
  }
}

const hasWords = (block: Block): boolean => block.kind === 'table' || /[\p{L}\p{N}]/u.test(block.text)
