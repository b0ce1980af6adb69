import type { CallToolResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { ToolPolicy } from '../settings/tool-settings.ts'
import { cutToSize, plainText } from './plain-text.ts'

const MOST_WORDS = 2_000
const saying = z.object({ say: z.string().min(1), aside: z.string().optional() })
/** What nobody could be told: traces, codes, data, paths. */
const UNSPEAKABLE = [
  /\bat \S+ \(?\S*:\d+/,
  /[{}[\]]/,
  /-32\d{3}|\b0x[0-9a-f]+\b|\b(?:status|code|HTTP)\W*\d{3}\b/i,
  /\w+(?:Exception|Error)\b|\b[A-Z]+_[A-Z_]+\b/,
  /\bE(?:NOENT|CONN[A-Z]+|ACCES|PERM|TIMEDOUT|PIPE|EXIST|ADDRINUSE|NOTFOUND|AI_AGAIN)\b/,
  /(?:^|\s)(?:\/|[A-Z]:\\)[\w.-]+[/\\]\w/,
]
const ERROR_PREFIX = /^(?:(?:MCP error|[A-Z]?\w*Error)\b[ :-]*(?:-?\d+)?[ :]*)+/
const LONGEST_REASON = 400

/**
 * A tool's result as the model is told it: "Result of list_tasks: …", one line of at most 2,000 characters without
 * markup, or why it did not work in words that can be spoken.
 */
export function resultWords(tool: string, result: CallToolResult, words: ToolPolicy['words']): string {
  if (result.isError) {
    const reason = reasonIn(result)
    const told = reason ?? 'It did not work. Tell the caller so in plain words and offer something else.'
    return cutToSize(`Result of ${tool}: not done. ${told}${asideIn(result)}`, MOST_WORDS)
  }
  const told = plainText(wordsIn(result, words))
  const aside = words === 'say' ? asideIn(result) : ''
  return cutToSize(
    `Result of ${tool}: ${told === '' ? 'done, and nothing was said about it.' : told}${aside}`,
    MOST_WORDS,
  )
}

/** What its server tells the model alone, such as ids, behind what is said. */
function asideIn({ structuredContent }: CallToolResult): string {
  const said = saying.safeParse(structuredContent)
  const aside = plainText((said.success && said.data.aside) || '')
  return aside === '' ? '' : ` (${cutToSize(aside, LONGEST_REASON)})`
}

/** What the server would have said: the words of a description that goes into a question. */
export function spokenWords(result: CallToolResult): string {
  return wordsIn(result, 'say')
}

/** Why it did not work, as its server said it; undefined if that is nothing to say to a person. */
export function reasonIn(result: CallToolResult): string | undefined {
  const said = saying.safeParse(result.structuredContent)
  if (said.success) return cutToSize(plainText(said.data.say), LONGEST_REASON) || undefined
  const reason = plainText(textIn(result)).replace(ERROR_PREFIX, '')
  const canBeSaid = reason.length <= LONGEST_REASON && !UNSPEAKABLE.some(pattern => pattern.test(reason))
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

function textIn({ content }: CallToolResult): string {
  return content.map(block => textOf(block)).join(' ')
}

/** The text of a block; what is no text is named, never passed on. */
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
