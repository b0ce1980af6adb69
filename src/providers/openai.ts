import OpenAI from 'openai'
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { Clock, Delta, LanguageModel, Message, Prompt, ToolCall } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import { ProviderError } from '../errors.ts'
import { type Network, systemNetwork } from '../network.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { SDK_LIMIT_MS, unstalled } from './stall.ts'

const PROVIDER = 'OpenAI'
/** Less than the 4 s after which the caller is owed words. */
const FIRST_TOKEN_MS = 3_500
const NEXT_TOKEN_MS = 3_000
/** More than a reply of the most letters that are spoken, and its tool calls. */
const MOST_TOKENS = 1_500
/** The arguments of all tool calls in one answer. No tool of a telephone call needs so much. */
const MOST_ARGUMENT_LETTERS = 50_000

export interface OpenAiSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
}

/** OpenAI's chat completions, or any server that speaks them; one for all calls. */
export function openAi(
  { apiKey, baseUrl, model }: OpenAiSettings,
  clock: Clock,
  { fetch }: Network = systemNetwork,
): LanguageModel {
  // No retries of the SDK's own: a caller is waiting, and what comes next is decided where that is known.
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: SDK_LIMIT_MS,
    logLevel: 'off',
    fetch: boundedFetch(fetch, PROVIDER),
  })
  return {
    async *reply(prompt, signal) {
      const scope = scopeOf(signal)
      try {
        const stream = requested(client, model, prompt, scope.signal)
        yield* deltas(
          unstalled(stream, { firstMs: FIRST_TOKEN_MS, nextMs: NEXT_TOKEN_MS }, PROVIDER, clock, scope.signal),
        )
      } catch (error) {
        throw signal.aborted || error instanceof ProviderError ? error : asProviderError(error)
      } finally {
        scope.abort(new Error('the request is over'))
      }
    },
  }
}

async function* requested(client: OpenAI, model: string, prompt: Prompt, signal: AbortSignal) {
  const tools = prompt.tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters },
  }))
  yield* await client.chat.completions.create(
    {
      model,
      messages: [{ role: 'system', content: prompt.instructions }, ...prompt.history.flatMap(asMessages)],
      ...(tools.length > 0 && { tools }),
      max_completion_tokens: MOST_TOKENS,
      stream: true,
      stream_options: { include_usage: true },
    },
    { signal },
  )
}

/** Servers that speak this protocol differ: a call without id or index, usage or role missing, are all taken. */
async function* deltas(chunks: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<Delta> {
  const calls = new Map<number, ToolCall>()
  let finished = false
  let argumentLetters = 0
  for await (const { choices, usage } of chunks) {
    if (usage) {
      const cached = usage.prompt_tokens_details?.cached_tokens ?? 0
      yield { kind: 'tokens', input: usage.prompt_tokens, output: usage.completion_tokens, cached }
    }
    const choice = choices[0]
    if (!choice) continue
    const text = choice.delta?.content ?? choice.delta?.refusal ?? ''
    if (text !== '') yield { kind: 'text', text }
    for (const part of choice.delta?.tool_calls ?? []) {
      const index = part.index ?? calls.size
      const call = calls.get(index) ?? { id: part.id ?? `call-${index}`, name: '', arguments: '' }
      argumentLetters += part.function?.arguments?.length ?? 0
      if (argumentLetters > MOST_ARGUMENT_LETTERS)
        throw new ProviderError(PROVIDER, 'the arguments of its tool calls are too long', { retryable: true })
      const name = call.name + (part.function?.name ?? '')
      calls.set(index, { ...call, name, arguments: call.arguments + (part.function?.arguments ?? '') })
    }
    if (choice.finish_reason) finished = true
  }
  // A connection that is cut cleanly ends the SDK's loop without an error.
  if (!finished) throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })
  for (const call of calls.values()) yield { kind: 'tool-call', call }
}

function asMessages(message: Message): readonly ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'caller':
      return [{ role: 'user', content: message.text }]
    case 'agent': {
      const cut = message.interrupted ? ' … [interrupted by the caller here: the rest was not heard]' : ''
      return [{ role: 'assistant', content: message.text + cut }]
    }
    case 'tool': {
      const { id, name, arguments: args } = message.call
      return [
        // What a model wrote must be JSON when it is shown it again, or the API refuses the whole history.
        { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name, arguments: validJson(args) } }] },
        { role: 'tool', tool_call_id: id, content: message.result ?? 'Still running.' },
      ]
    }
  }
}

function validJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return JSON.stringify({ malformed: text })
  }
}

function asProviderError(cause: unknown): ProviderError {
  const status = cause instanceof OpenAI.APIError ? cause.status : undefined
  const quota = cause instanceof OpenAI.APIError && cause.code === 'insufficient_quota'
  const retryable =
    !quota && (status === undefined || status === 408 || status === 409 || status === 429 || status >= 500)
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ProviderError(PROVIDER, why, { retryable, cause })
}
