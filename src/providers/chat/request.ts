import type { Prompt } from '../../conversation/ports.ts'
import { type ChatMessage, chatMessages } from './messages.ts'
import { wellFormed } from './well-formed.ts'

/** Parameters that a server may refuse. Without them the answer is the same, or may be longer. */
export const OPTIONS = ['stream_options', 'max_completion_tokens', 'max_tokens'] as const
export type Option = (typeof OPTIONS)[number]

/** The body of a request for a streamed chat completion. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly object[]
  readonly stream: true
  readonly stream_options?: { readonly include_usage: true }
  readonly max_completion_tokens?: number
  readonly max_tokens?: number
}

/** The API takes no more. */
const MOST_TOOLS = 128
/** Some five minutes of speech. */
const MOST_TOKENS = 1_000

/** A request that the API accepts for any prompt. `refused` has the options that this server does not take. */
export function chatRequest(model: string, prompt: Prompt, refused: ReadonlySet<Option>): ChatRequest {
  const tools = prompt.tools.slice(0, MOST_TOOLS).map(({ name, description, parameters }) => ({
    type: 'function',
    function: wellFormed({ name, description, parameters }),
  }))
  return {
    model,
    messages: chatMessages(prompt.instructions, prompt.history, prompt.context),
    ...(tools.length > 0 && { tools: tools }),
    stream: true,
    ...(!refused.has('stream_options') && { stream_options: { include_usage: true } }),
    ...limit(refused),
  }
}

/** `max_tokens` is the older name, which Mistral still wants and OpenAI's newest models refuse. */
function limit(refused: ReadonlySet<Option>): Pick<ChatRequest, 'max_completion_tokens' | 'max_tokens'> {
  if (!refused.has('max_completion_tokens')) return { max_completion_tokens: MOST_TOKENS }
  return refused.has('max_tokens') ? {} : { max_tokens: MOST_TOKENS }
}
