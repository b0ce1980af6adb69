import { z } from 'zod'
import type { Delta } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import type { AnswerEvent } from '../chat/answer-events.ts'
import { MOST_CALLS } from '../chat/call-pieces.ts'
import { MOST_ARGUMENT_LETTERS } from '../chat/chat-model.ts'
import { failed, failureIn } from '../chat/failure.ts'
import { tokenCount, tokens } from '../chat/tokens.ts'

const PROVIDER = 'OpenAI'

const words = z.string().nullish().catch(undefined)
const count = z.number().nullish().catch(undefined)
const item = z.object({ type: words, call_id: words, name: words, arguments: words, id: words })
const usage = z.object({
  input_tokens: tokenCount,
  output_tokens: tokenCount,
  input_tokens_details: z.object({ cached_tokens: tokenCount }).nullish().catch(undefined),
})
const response = z.object({
  error: z.object({ code: words, message: words }).nullish().catch(undefined),
  incomplete_details: z.object({ reason: words }).nullish().catch(undefined),
  usage: usage.nullish().catch(undefined),
})
const event = z.object({
  type: z.string(),
  delta: words,
  arguments: words,
  output_index: count,
  item_id: words,
  item: item.nullish().catch(undefined),
  response: response.nullish().catch(undefined),
})
type Told = z.infer<typeof event>

interface Call {
  id: string | undefined
  name: string
  arguments: string
}

/** Codes of a failed response after which the same request would fail again. All others pass. */
const STAYS = /^(?:invalid_|.*policy|insufficient_quota|data_residency)/

/** The deltas of a streamed response. Throws ProviderError for one that failed or broke off. */
export async function* responseDeltas(events: AsyncIterable<AnswerEvent>, ownId: () => string): AsyncGenerator<Delta> {
  const calls = new Map<string, Call>()
  let last: z.infer<typeof response> | undefined
  let hasText = false
  for await (const given of events) {
    if (given.kind === 'done') break
    const failure = failureIn(given.value)
    if (failure) throw failed(PROVIDER, { ...failure, ...(failure.status === undefined && statusOf(failure.code)) })
    const { success, data: told } = event.safeParse(given.value)
    // Some servers send events of their own.
    if (!success) continue
    switch (told.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (!told.delta) break
        hasText = true
        yield { kind: 'text', text: told.delta }
        break
      case 'response.output_item.added':
      case 'response.output_item.done':
      case 'response.function_call_arguments.delta':
      case 'response.function_call_arguments.done':
        gather(calls, told)
        yield { kind: 'writing' }
        break
      case 'response.failed': {
        const { code, message } = told.response?.error ?? {}
        throw failed(PROVIDER, { message: message ?? 'the response failed', ...(code && { code }), ...statusOf(code) })
      }
      case 'response.completed':
      case 'response.incomplete':
        last = told.response ?? {}
        break
      default:
    }
    if (last) break
  }
  if (!last) throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })
  const { usage: used, incomplete_details: incomplete } = last
  if (used) {
    const cached = used.input_tokens_details?.cached_tokens ?? 0
    yield tokens(used.input_tokens ?? 0, used.output_tokens ?? 0, cached)
  }
  const isStopped = incomplete?.reason !== undefined && incomplete.reason !== null
  if (isStopped && !hasText && calls.size === 0)
    throw new ProviderError(PROVIDER, `the answer was stopped: ${incomplete.reason}`, { retryable: false })
  for (const { id, name, arguments: args } of calls.values())
    yield { kind: 'tool-call', call: { id: id ?? ownId(), name, arguments: args } }
}

const statusOf = (code: string | null | undefined): { readonly status?: number } =>
  code && STAYS.test(code) ? { status: 400 } : {}

/** Puts a call together. Its end tells the whole of it again, which is what counts. */
function gather(
  calls: Map<string, Call>,
  { type, output_index: index, item_id, item: given, delta, arguments: args }: Told,
): void {
  if (given && given.type !== 'function_call') return
  const key = `${index ?? given?.id ?? item_id ?? ''}`
  const known = calls.get(key)
  if (!known && (given?.name === undefined || calls.size === MOST_CALLS)) return
  const call: Call = known ?? { id: undefined, name: '', arguments: '' }
  calls.set(key, call)
  call.id = given?.call_id || call.id
  call.name = given?.name || call.name
  const whole = type.endsWith('.done') ? given?.arguments || args : undefined
  call.arguments = whole || call.arguments + (delta ?? '') || (given?.arguments ?? '')
  if (call.arguments.length > MOST_ARGUMENT_LETTERS)
    throw new ProviderError(PROVIDER, 'the arguments of its tool calls are too long', { retryable: true })
}
