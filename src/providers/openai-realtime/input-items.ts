import type { Prompt } from '../../conversation/ports.ts'
import { type ChatMessage, chatMessages } from '../chat/messages.ts'
import { wellFormed } from '../chat/well-formed.ts'

/** The API takes no more in one response. */
const MOST_TOKENS = 4_096
const MOST_TOOLS = 128

/** What a response is asked for with. */
export interface ResponseRequest {
  readonly instructions: string
  readonly input: readonly object[]
  readonly tools: readonly object[]
  readonly max_output_tokens: number
}

/** An utterance of the caller that the session has as sound. */
export interface HeardItem {
  readonly id: string
  readonly transcript: string
}

/**
 * The conversation as items of a response's own context. What the agent said holds what was heard. The caller's last words
 * are given as their sound, where these items of the session say just that.
 */
export function responseRequest(prompt: Prompt, heard: readonly HeardItem[]): ResponseRequest {
  const { instructions, history, context } = prompt
  const messages = chatMessages(instructions, history, context).filter(({ role }) => role !== 'system')
  const lastCaller = messages.findLastIndex(({ role }) => role === 'user')
  const said = history.findLast(({ role }) => role === 'caller')
  const text = said?.role === 'caller' ? said.text : ''
  const items = messages.flatMap((message, index) => {
    const sound = index === lastCaller ? soundOf(text, heard) : []
    return itemsOf(message, message.role === 'user' && message.content.endsWith(text) ? sound : [], text)
  })
  return {
    instructions,
    input: items,
    tools: prompt.tools.slice(0, MOST_TOOLS).map(({ name, description, parameters }) => ({
      type: 'function',
      ...(wellFormed({ name, description, parameters }) as object),
    })),
    max_output_tokens: MOST_TOKENS,
  }
}

/** The latest items that say this together; none where they say anything else. */
export function soundOf(text: string, heard: readonly HeardItem[]): readonly HeardItem[] {
  const wanted = lettersOf(text)
  if (wanted === '') return []
  for (let from = heard.length - 1; from >= 0; from--) {
    const said = lettersOf(
      heard
        .slice(from)
        .map(({ transcript }) => transcript)
        .join(' '),
    )
    if (said === wanted) return heard.slice(from)
    if (said.length > wanted.length) return []
  }
  return []
}

function itemsOf(message: ChatMessage, sound: readonly HeardItem[], said: string): readonly object[] {
  switch (message.role) {
    case 'system':
      return []
    case 'user': {
      if (sound.length === 0) return [userText(message.content)]
      const before = message.content.slice(0, message.content.length - said.length).trim()
      const references = sound.map(({ id }) => ({ type: 'item_reference', id }))
      return before === '' ? references : [userText(before), ...references]
    }
    case 'assistant': {
      const { content, tool_calls: calls = [] } = message
      const spoken = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: content ?? '' }] }
      return [
        ...(content ? [spoken] : []),
        ...calls.map(({ id, function: { name, arguments: args } }) => ({
          ...{ type: 'function_call', call_id: id, name, arguments: args },
        })),
      ]
    }
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.tool_call_id, output: message.content }]
  }
}

const userText = (text: string): object => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })

/** Recognisers and the conversation spell words with other signs and spaces. */
const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
