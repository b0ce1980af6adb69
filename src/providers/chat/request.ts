import type { Prompt } from '../../conversation/ports.ts'
import { type Effort, mostTokens } from './efforts.ts'
import { CHAT_EXTRAS, type ChatMessage, chatMessages } from './messages.ts'
import { offeredTools } from './offered-tools.ts'
import { withoutSystem, withToolsAsText } from './plain-messages.ts'

/** Fields that a server may refuse. Without them the answer is the same, or may be longer, or comes later. */
export const OPTIONS = [
  ...(['stream_options', 'max_completion_tokens', 'max_tokens', 'reasoning_effort'] as const),
  ...(['include_reasoning', 'reasoning_format', 'disable_tool_validation'] as const),
] as const
export type Option = (typeof OPTIONS)[number]

/** What only some servers know. */
export interface Particular {
  readonly include_reasoning?: false
  readonly reasoning_format?: 'hidden'
  readonly disable_tool_validation?: true
}

/** How a server is asked. */
export interface ChatManners {
  /** What it does not take. `tools`: it is told of them in words. `system`: it has no message of its own for instructions. */
  readonly without: ReadonlySet<Option | 'extras' | 'tools' | 'system'>
  /** The efforts that it was not seen to refuse. The first is asked for. */
  readonly efforts: readonly Effort[]
}

/** The body of a request for a streamed chat completion. */
export interface ChatRequest extends Particular {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly object[]
  readonly stream: true
  readonly stream_options?: { readonly include_usage: true }
  readonly max_completion_tokens?: number
  readonly max_tokens?: number
  readonly reasoning_effort?: Effort
}

/** A request that the API accepts for any prompt, asked with these manners. */
export function chatRequest(
  model: string,
  prompt: Prompt,
  { without, efforts: [effort] }: ChatManners,
  { include_reasoning, reasoning_format, disable_tool_validation }: Particular = {},
): ChatRequest {
  const tools = without.has('tools')
    ? []
    : offeredTools(prompt.tools).map(tool => ({ type: 'function', function: tool }))
  const own = chatMessages(
    prompt.instructions,
    prompt.history,
    prompt.context,
    without.has('extras') ? [] : CHAT_EXTRAS,
  )
  const told = without.has('tools') ? withToolsAsText(own, offeredTools(prompt.tools)) : own
  return {
    model,
    messages: without.has('system') ? withoutSystem(told) : told,
    ...(tools.length > 0 && { tools }),
    stream: true,
    ...(!without.has('stream_options') && { stream_options: { include_usage: true } }),
    ...limit(without, mostTokens(effort)),
    ...(effort !== undefined && !without.has('reasoning_effort') && { reasoning_effort: effort }),
    ...(include_reasoning !== undefined && !without.has('include_reasoning') && { include_reasoning }),
    ...(reasoning_format !== undefined && !without.has('reasoning_format') && { reasoning_format }),
    ...(disable_tool_validation !== undefined &&
      tools.length > 0 &&
      !without.has('disable_tool_validation') && { disable_tool_validation }),
  }
}

/** `max_tokens` is the older name, which Mistral still wants and OpenAI's newest models refuse. */
function limit(
  refused: ChatManners['without'],
  most: number,
): Pick<ChatRequest, 'max_completion_tokens' | 'max_tokens'> {
  if (!refused.has('max_completion_tokens')) return { max_completion_tokens: most }
  return refused.has('max_tokens') ? {} : { max_tokens: most }
}
