import type { CallToolResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { ToolPolicy } from '../settings/tool-settings.ts'
import { cutToSize, plainText } from './plain-text.ts'
import { unspoken, withoutErrorPrefix } from './unspoken.ts'

const MOST_WORDS = 2_000
const saying = z.object({ say: z.string().min(1), aside: z.string().optional() })
/** Texts that must not be spoken: traces, codes, data, paths. */
const NOT_SPOKEN = [
  /\bat \S+ \(?\S*:\d+/,
  /[{}[\]]/,
  /-32\d{3}|\b0x[0-9a-f]+\b|\b(?:status|code|HTTP)\W*\d{3}\b/i,
  /\w+(?:Exception|Error)\b|\b[A-Z]+_[A-Z_]+\b/,
  /\bE(?:NOENT|CONN[A-Z]+|ACCES|PERM|TIMEDOUT|PIPE|EXIST|ADDRINUSE|NOTFOUND|AI_AGAIN)\b/,
  /(?:^|\s)(?:\/|[A-Z]:\\)[\w.-]+[/\\]\w/,
]
const LONGEST_REASON = 400

/**
 * A tool's result in words for the model: "Result of list_tasks: …", one line of at most 2,000 characters without markup.
 * For a failure it gives the reason in words that can be spoken.
 */
export function resultWords(tool: string, result: CallToolResult, words: ToolPolicy['words']): string {
  if (result.isError) {
    const reason = reasonIn(result)
    const spoken = reason ?? 'It did not work. Tell the caller so in plain words and offer something else.'
    const aside = reason === undefined ? unspoken(textIn(result)) : asideIn(result)
    return cutToSize(`Result of ${tool}: not done. ${spoken}${aside}`, MOST_WORDS)
  }
  const spoken = plainText(wordsIn(result, words))
  const aside = words === 'say' ? asideIn(result) : ''
  return cutToSize(
    `Result of ${tool}: ${spoken === '' ? 'done, and nothing was said about it.' : spoken}${aside}`,
    MOST_WORDS,
  )
}

/** Whether these words for the model tell that the tool did what it was asked to. */
export const tellsOfDone = (tool: string, text: string): boolean =>
  text.startsWith(`Result of ${tool}: `) && !text.startsWith(`Result of ${tool}: not done.`)

/** What the server says to the model alone, such as ids, to come after what is spoken. */
function asideIn({ structuredContent }: CallToolResult): string {
  const said = saying.safeParse(structuredContent)
  const aside = plainText((said.success && said.data.aside) || '')
  return aside === '' ? '' : ` (${cutToSize(aside, LONGEST_REASON)})`
}

/** The words of a description, for use in a question. */
export function spokenWords(result: CallToolResult): string {
  return wordsIn(result, 'say')
}

/** Why it did not work, in the server's words; undefined if those cannot be said to a person. */
export function reasonIn(result: CallToolResult): string | undefined {
  const said = saying.safeParse(result.structuredContent)
  if (said.success) return cutToSize(plainText(said.data.say), LONGEST_REASON) || undefined
  const reason = withoutErrorPrefix(plainText(textIn(result)))
  const canBeSaid = reason.length <= LONGEST_REASON && !NOT_SPOKEN.some(pattern => pattern.test(reason))
  return canBeSaid ? reason || undefined : undefined
}

function wordsIn(result: CallToolResult, words: ToolPolicy['words']): string {
  const { structuredContent } = result
  const said = saying.safeParse(structuredContent)
  switch (words) {
    case 'say':
      return said.success ? said.data.say : textIn(result)
    case 'text':
      return textIn(result)
    case 'data':
      return structuredContent === undefined ? textIn(result) : JSON.stringify(structuredContent)
  }
}

/** Whether there is text that can stand for the whole result. */
export const hasText = ({ content }: CallToolResult): boolean =>
  content.some(block => block.type === 'text' && block.text.trim() !== '')

function textIn({ content }: CallToolResult): string {
  return content.map(block => textOf(block)).join(' ')
}

/** The text of a block. Other content is mentioned, but never passed on. */
function textOf(block: CallToolResult['content'][number]): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
      return '(There is an image, which cannot be told.)'
    case 'audio':
      return '(There is a sound, which cannot be told.)'
    case 'resource_link':
      return `(There is a file: ${block.name}.)`
    case 'resource':
      return 'text' in block.resource ? block.resource.text : '(There is a file, which cannot be told.)'
  }
}
