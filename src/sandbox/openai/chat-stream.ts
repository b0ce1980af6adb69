import type { StreamedEvent } from '../event-stream.ts'
import { type NewId, promptTokens, tokensOf, writtenOf } from './answered.ts'
import type { ScriptedAnswer } from './scripted-model.ts'

/** How a server of chat completions tells its answers. OpenAI's way is the first of each. */
export interface ChatTraits {
  /** Where the token counts come: in a chunk of their own where they are asked for, in the last one, or nowhere. */
  readonly usage: 'asked' | 'x_groq' | 'never'
  /** A call comes in pieces, in one piece, in one piece without an id, or as text. */
  readonly calls: 'pieces' | 'whole' | 'without-id' | 'text'
}

/** What is told of a request. */
export interface Asked {
  readonly model: string
  readonly messages: readonly unknown[]
  readonly stream_options?: { readonly include_usage: boolean } | undefined
}

/** The chunks of an answer, but for the mark of its end. */
export function chatChunks(
  asked: Asked,
  answer: ScriptedAnswer,
  newId: NewId,
  { usage, calls }: ChatTraits,
): readonly StreamedEvent[] {
  const wantsUsage = usage === 'asked' && asked.stream_options?.include_usage === true
  const head = { id: newId('chatcmpl-'), object: 'chat.completion.chunk', created: 0, model: asked.model }
  const chunk = (choices: readonly object[], more: object = {}): { readonly data: object } => ({
    data: { ...head, choices, ...(wantsUsage && { usage: null }), ...more },
  })
  const choice = (delta: object, finish: string | null = null): readonly object[] => [
    { index: 0, delta, finish_reason: finish, logprobs: null },
  ]
  const used = usageOf(asked, answer)
  const last = (finish: string): readonly StreamedEvent[] => [
    chunk(choice({}, finish), usage === 'x_groq' ? { x_groq: { id: 'req_sandbox', usage: used } } : {}),
    ...(wantsUsage ? [chunk([], { usage: used })] : []),
  ]
  const pieces = tokensOf(writtenOf(answer))
  if (answer.kind === 'say' || calls === 'text') {
    const said = answer.kind === 'say' ? pieces : tokensOf(callAsText(answer))
    return [
      chunk(choice({ role: 'assistant', content: '' })),
      ...said.map((content, token) => ({ ...chunk(choice({ content })), token })),
      ...last('stop'),
    ]
  }
  const begun = chunk(choice({ role: 'assistant', content: null }))
  const call = { index: 0, id: newId('call_'), type: 'function' }
  if (calls !== 'pieces') {
    const made = { ...call, ...(calls === 'without-id' && { id: undefined }) }
    const whole = { ...made, function: { name: answer.name, arguments: writtenOf(answer) } }
    return [begun, { ...chunk(choice({ tool_calls: [whole] })), token: pieces.length }, ...last('tool_calls')]
  }
  return [
    begun,
    chunk(choice({ tool_calls: [{ ...call, function: { name: answer.name, arguments: '' } }] })),
    ...pieces.map((piece, token) => ({
      ...chunk(choice({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
      token,
    })),
    ...last('tool_calls'),
  ]
}

/** As the chat templates of Hermes and Qwen have it. */
export const callAsText = ({ name, arguments: args }: Extract<ScriptedAnswer, { kind: 'call' }>): string =>
  `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`

export function usageOf({ messages }: Asked, answer: ScriptedAnswer): object {
  const { prompt, cached } = promptTokens(messages)
  const completion = tokensOf(writtenOf(answer)).length
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
}
