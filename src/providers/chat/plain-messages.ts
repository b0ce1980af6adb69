import type { ChatMessage } from './messages.ts'
import type { OfferedTool } from './offered-tools.ts'

const HOW_TO_CALL = `You can call the tools below. To call one, answer with nothing but
<tool_call>{"name": "its name", "arguments": {…}}</tool_call>
and its result comes as the next message, between <tool_response> and </tool_response>. Nobody has said such a message.
Never write these marks for anything else.`
/** Descriptions of more would push the conversation out of a small model's context. */
const MOST_LETTERS = 24_000

/** The same conversation for a server that takes no tools: they are described, and calls and results are text. */
export function withToolsAsText(
  messages: readonly ChatMessage[],
  tools: readonly OfferedTool[],
): readonly ChatMessage[] {
  const described = tools.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }))
  const list = `${HOW_TO_CALL}\n\n${described.join('\n').slice(0, MOST_LETTERS)}`
  const plain = joined(messages.map(asText))
  if (tools.length === 0) return plain
  const [first, ...rest] = plain
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content}\n\n${list}` }, ...rest]
    : [{ role: 'system', content: list }, ...plain]
}

/** The same conversation for a chat template that knows callers and agents alone. */
export function withoutSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first, second, ...rest] = messages
  if (first?.role !== 'system' || second?.role !== 'user') return messages
  return [{ role: 'user', content: `${first.content}\n\n${second.content}` }, ...rest]
}

function asText(message: ChatMessage): ChatMessage {
  if (message.role === 'tool') return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` }
  if (message.role !== 'assistant' || !message.tool_calls) return message
  const calls = message.tool_calls.map(
    ({ function: { name, arguments: args } }) =>
      `<tool_call>{"name": ${JSON.stringify(name)}, "arguments": ${args}}</tool_call>`,
  )
  return { role: 'assistant', content: [message.content, ...calls].filter(Boolean).join('\n') }
}

/** Two messages of the same side in a row are one: many chat templates refuse them. */
function joined(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const all: ChatMessage[] = []
  for (const message of messages) {
    const last = all.at(-1)
    if (last?.role === message.role && last.role !== 'tool' && message.role !== 'tool')
      all[all.length - 1] = { ...last, content: `${last.content}\n${message.content}` }
    else all.push(message)
  }
  return all
}
