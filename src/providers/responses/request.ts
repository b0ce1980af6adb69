import type { Prompt } from '../../conversation/ports.ts'
import { type Effort, mostTokens } from '../chat/efforts.ts'
import { failureIn } from '../chat/failure.ts'
import { type ChatMessage, chatMessages } from '../chat/messages.ts'
import { offeredTools } from '../chat/offered-tools.ts'
import type { Refused } from '../chat/streamed-model.ts'
import { jsonIn } from '../http-answer.ts'

/** How a server is asked. */
export interface ResponsesManners {
  /** The efforts that it was not seen to refuse. The first is asked for. */
  readonly efforts: readonly Effort[]
  /** It takes `stream_options`, by which no padding comes with each piece. */
  readonly isPlain: boolean
}

/**
 * The body of a request for a streamed response. Nothing is stored at the vendor, and nothing of an earlier response is
 * referred to: what the caller has not heard must not be remembered.
 */
export function responsesRequest(model: string, prompt: Prompt, { efforts: [effort], isPlain }: ResponsesManners) {
  const [first, ...rest] = chatMessages(prompt.instructions, prompt.history, prompt.context, [])
  const tools = offeredTools(prompt.tools)
  return {
    model,
    ...(first?.role === 'system' && { instructions: first.content }),
    input: (first === undefined || first.role === 'system' ? rest : [first, ...rest]).flatMap(itemsOf),
    ...(tools.length > 0 && { tools: tools.map(tool => ({ type: 'function', ...tool, strict: false })) }),
    max_output_tokens: mostTokens(effort),
    ...(effort !== undefined && { reasoning: { effort } }),
    stream: true,
    ...(isPlain && { stream_options: { include_obfuscation: false } }),
    store: false,
  }
}

/** A message as items. Calls carry no ids of items: with one the vendor wants the thoughts that came before it, too. */
function itemsOf(message: ChatMessage): readonly object[] {
  switch (message.role) {
    case 'system':
    case 'user':
      return [{ role: message.role, content: message.content }]
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.tool_call_id, output: message.content }]
    case 'assistant': {
      const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
        ...{ type: 'function_call', call_id: id, name, arguments: args },
      }))
      return [...(message.content ? [{ role: 'assistant', content: message.content }] : []), ...calls]
    }
  }
}

/** How to ask again after a refusal of the effort or of `stream_options`. */
export function responsesMannersAfter(
  manners: ResponsesManners,
  { status, answer }: Refused,
): ResponsesManners | undefined {
  if (status !== 400 && status !== 422) return undefined
  const why = failureIn(jsonIn(answer))?.message ?? answer
  if (manners.isPlain && answer.includes('stream_options')) return { ...manners, isPlain: false }
  const [effort, ...others] = manners.efforts
  const isAboutEffort = /reasoning|effort/i.test(answer) || (effort !== undefined && why.includes(`'${effort}'`))
  return effort !== undefined && isAboutEffort ? { ...manners, efforts: others } : undefined
}
