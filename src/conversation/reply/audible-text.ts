import { signOf } from './manner-marks.ts'

/** Tags whose content is not for the caller: a model's reasoning, calls written as text, code. */
const HIDDEN_TAGS = new Set([
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning', 'reflection', 'analysis', 'scratchpad', 'details'],
  ...['inner_monologue', 'antthinking', 'tool_call', 'tool_calls', 'tool_response', 'tool_result', 'function'],
  ...['function_call', 'function_calls', 'invoke', 'script', 'style', 'svg'],
])
/** Tags that begin a new line. */
const LINE_TAGS = new Set(['br', 'p', 'li', 'ul', 'ol', 'div', 'tr', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr'])
/** What stands behind the fence of a code block that holds plain words. */
const PLAIN_FENCES = new Set(['', 'text', 'txt', 'plaintext', 'plain', 'md', 'markdown'])
/** How the note begins that the history has behind interrupted words: see the adapters of the models. */
const INTERRUPTED = '[interrupted'

const LONGEST_TAG = 300
const LONGEST_NOTE = 300
const LONGEST_LINK = 2_000
const LONGEST_FENCE = 60

const SIGN = /<|!?\[|◁|```/g
const INVISIBLE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]|[\u{FE00}-\u{FE0F}\u{E0000}-\u{E007F}]/gu
const TAG = /[<◁]([/!?]?)[|｜]?([\p{L}][\p{L}\p{N}_▁:.-]*)((?:\s[^<>◁▷]*|[|｜/=][^<>◁▷]*)?)[>▷]/uy
const LINK = /<([a-z]{2,10}:\/\/[^<>\s]{1,2000}|[^<>\s@]{1,200}@[^<>\s@]{1,200})>/iuy
const COMMENT = /<!--/y
const NOTE = /\[([^[\]\n]*)\]/y
const TARGET = /\((?:[^()\n]|\([^()\n]*\))*\)/y
const TICKS = /`+/y
const FENCE_NAME = /([^\n`]*)\n/y

/** What was found at a sign: how much of the text it takes and what is heard of it, or that more of the text is needed. */
type Found =
  | { readonly kind: 'audible'; readonly length: number; readonly text: string }
  /** Nothing is heard until `end`, a pattern that also matches where the same begins again. */
  | { readonly kind: 'hidden'; readonly length: number; readonly end: RegExp }
  | { readonly kind: 'unfinished' }

const audible = (length: number, text = ''): Found => ({ kind: 'audible', length, text })

/**
 * Passes on what a model wrote to be heard, as it comes: no reasoning, no tags, no code, no notes in brackets, no
 * invisible characters; of a link only its text. It holds back what may become one of these. Takes linear time.
 */
export class AudibleText {
  readonly #marks: boolean
  #held = ''
  #hidden: { readonly end: RegExp; depth: number } | undefined

  /** `marks`: of a note that names a manner, its sign is passed on (`manner-marks.ts`). */
  constructor({ marks = false } = {}) {
    this.#marks = marks
  }

  /** Takes more text, and returns what is certainly heard. */
  push(text: string): string {
    return this.#read(this.#held + text.replace(INVISIBLE, ''), false)
  }

  /** What was held back, when the text has ended. */
  rest(): string {
    return this.#read(this.#held, true)
  }

  #read(text: string, isEnd: boolean): string {
    let heard = ''
    let at = 0
    this.#held = ''
    while (at < text.length) {
      if (this.#hidden) {
        at = this.#skip(text, at, this.#hidden)
        continue
      }
      SIGN.lastIndex = at
      const sign = SIGN.exec(text)?.index ?? text.length
      heard += text.slice(at, sign)
      if (sign === text.length) break
      const found = foundAt(text, sign, isEnd, this.#marks)
      if (found.kind === 'unfinished') {
        this.#held = text.slice(sign)
        return heard
      }
      if (found.kind === 'hidden') this.#hidden = { end: found.end, depth: 1 }
      else heard += found.text
      at = sign + found.length
    }
    if (this.#hidden || isEnd) return heard
    // The first signs of a code block or an image may be here already.
    this.#held = /(?:(?<!`)`{1,2}|!)$/.exec(heard.slice(-3))?.[0] ?? ''
    return heard.slice(0, heard.length - this.#held.length)
  }

  /** Where hearing goes on, or the end of the text. What may become the end of the hidden part is held back. */
  #skip(text: string, at: number, hidden: { readonly end: RegExp; depth: number }): number {
    hidden.end.lastIndex = at
    for (let found = hidden.end.exec(text); found; found = hidden.end.exec(text)) {
      hidden.depth += /^[<◁[][/]|^`|^--/.test(found[0]) ? -1 : 1
      if (hidden.depth > 0) continue
      this.#hidden = undefined
      return found.index + found[0].length
    }
    const tail = text.slice(Math.max(at, text.length - LONGEST_TAG))
    this.#held = /(?:[<◁[][^<>◁▷[\]]*|`{1,2}|-{1,2})$/.exec(tail)?.[0] ?? ''
    return text.length
  }
}

function foundAt(text: string, at: number, isEnd: boolean, marks: boolean): Found {
  switch (text[at]) {
    case '[':
      return noteAt(text, at, isEnd, marks)
    case '!':
      return imageAt(text, at, isEnd)
    case '`':
      return fenceAt(text, at, isEnd)
    default:
      return tagAt(text, at, isEnd)
  }
}

function tagAt(text: string, at: number, isEnd: boolean): Found {
  if (matchAt(COMMENT, text, at)) return { kind: 'hidden', length: 4, end: /-->/g }
  const link = matchAt(LINK, text, at)
  if (link) return audible(link[0].length, link[1])
  const tag = matchAt(TAG, text, at)
  if (tag) {
    const [whole, mark = '', written = '', more = ''] = tag
    const name = written.toLowerCase()
    const isOpening = mark === '' && !more.endsWith('/')
    if (isOpening && HIDDEN_TAGS.has(name))
      return { kind: 'hidden', length: whole.length, end: new RegExp(`[<◁]/?${name}(?:[\\s=][^<>◁▷]*)?[>▷]`, 'gi') }
    // "x <y and z> w" is no tag: the words inside one have values.
    const isTag = more.trim() === '' || /[=|｜/]/.test(more) || LINE_TAGS.has(name)
    if (isTag) return audible(whole.length, LINE_TAGS.has(name) ? '\n' : '')
  }
  const begun = text.slice(at + 1, at + LONGEST_TAG)
  const mayGoOn = !isEnd && at + LONGEST_TAG > text.length && /^(?:[/!?|｜\p{L}\p{N}][^<>◁▷]*)?$/u.test(begun)
  return mayGoOn ? { kind: 'unfinished' } : audible(1, text[at])
}

function noteAt(text: string, at: number, isEnd: boolean, marks = false): Found {
  const note = matchAt(NOTE, text.slice(at, at + LONGEST_NOTE), 0)
  if (!note) {
    const begun = text.slice(at, at + LONGEST_NOTE)
    const isOpen = begun.length < LONGEST_NOTE && !/[\n\]]/.test(begun) && !begun.includes('[', 1)
    if (isOpen && !isEnd) return { kind: 'unfinished' }
    const isOurs = begun.startsWith(INTERRUPTED) || (isEnd && INTERRUPTED.startsWith(begun))
    return isOpen && isOurs ? audible(begun.length) : audible(1)
  }
  const [whole, label = ''] = note
  const isMistral = label.toLowerCase() === 'think'
  if (isMistral) return { kind: 'hidden', length: whole.length, end: /\[\/?think\]/gi }
  const after = at + whole.length
  const next = text[after]
  if (next === undefined && !isEnd) return { kind: 'unfinished' }
  const sign = signOf(label)
  // Two marks in a row look like a link.
  if (next === '[' && sign === undefined) return audible(whole.length, label)
  if (next !== '(') return audible(whole.length, marks ? sign : '')
  const target = matchAt(TARGET, text.slice(after, after + LONGEST_LINK), 0)
  if (target) return audible(whole.length + target[0].length, label)
  const isOpen = text.length - after < LONGEST_LINK && !text.slice(after).includes('\n')
  return isOpen && !isEnd ? { kind: 'unfinished' } : audible(whole.length, label)
}

/** An image is not heard; a note after an exclamation is none. */
function imageAt(text: string, at: number, isEnd: boolean): Found {
  const note = noteAt(text, at + 1, isEnd)
  if (note.kind !== 'audible') return note.kind === 'hidden' ? audible(1, '!') : note
  const isImage = text[at + note.length] === ')'
  return audible(note.length + 1, isImage ? '' : `!${note.text}`)
}

function fenceAt(text: string, at: number, isEnd: boolean): Found {
  const ticks = matchAt(TICKS, text, at)?.[0].length ?? 0
  const begun = text.slice(at + ticks, at + ticks + LONGEST_FENCE)
  const name = matchAt(FENCE_NAME, begun, 0)
  if (name) {
    const length = ticks + name[0].length
    const isPlain = PLAIN_FENCES.has((name[1] ?? '').trim().toLowerCase())
    return isPlain ? audible(length, '\n') : { kind: 'hidden', length, end: /```+/g }
  }
  const mayGoOn = !isEnd && ticks + begun.length < LONGEST_FENCE && !begun.includes('`')
  return mayGoOn ? { kind: 'unfinished' } : audible(ticks)
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
