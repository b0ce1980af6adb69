import type { CallToolResult, Tool } from '@modelcontextprotocol/client'
import { MOST_READ } from '../links/hiding.ts'

/** A model is told 2,000 characters of a result: what comes after so many is not worth the search. */
const MOST_SEARCHED = 100_000
/** Names and kinds are no longer: without them a result could not be read. */
const LONGEST_NAME = 40
const CUT = '(cut)'

/** The result with its secrets hidden by `hide`, also where one is split over several texts. */
export function withoutSecrets(result: CallToolResult, hide: (text: string) => string): CallToolResult {
  let left = MOST_SEARCHED
  const safe = withTexts(result, text => {
    if (left <= 0 && text.length > LONGEST_NAME) return CUT
    left -= Math.min(text.length, MOST_READ)
    return hide(text)
  })
  const joined = safe.content.map(block => (block.type === 'text' ? block.text : '')).join(' ')
  const hidden = hide(joined)
  return hidden === joined ? safe : { ...safe, content: [{ type: 'text', text: hidden }] }
}

/** What is written for people and models, and is no part of what arguments must be. */
const SAID = new Set(['title', 'description', '$comment'])

/**
 * What a model is told of a tool, with its secrets hidden: also in its annotations, and in what its schema says of each
 * argument. Values that arguments must have stay, as the server takes no others; a default can be left out.
 */
export function toolWithoutSecrets({ name, _meta, ...told }: Tool, hide: (text: string) => string): Tool {
  const safe: Omit<Tool, 'name' | '_meta'> = JSON.parse(JSON.stringify(told), (key, value: unknown) => {
    if (typeof value !== 'string') return value
    if (SAID.has(key)) return hide(value)
    return key === 'default' && hide(value) !== value ? undefined : value
  })
  return { name, ...(_meta && { _meta }), ...safe }
}

/** The result with `change` applied to all its texts, including the property names in its data. */
function withTexts(result: CallToolResult, change: (text: string) => string): CallToolResult {
  return JSON.parse(JSON.stringify(result), (_, value: unknown) => {
    if (typeof value === 'string') return change(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [change(name), one]))
  })
}
