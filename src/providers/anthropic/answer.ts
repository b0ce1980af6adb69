import { z } from 'zod'
import type { Delta } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import type { AnswerEvent } from '../chat/answer-events.ts'
import { MOST_CALLS } from '../chat/call-pieces.ts'
import { MOST_ARGUMENT_LETTERS } from '../chat/chat-model.ts'
import { type Failure, failed, failureIn } from '../chat/failure.ts'
import { tokenCount, tokens } from '../chat/tokens.ts'
import { EXTRA, type Thoughts } from './request.ts'

const PROVIDER = 'Anthropic'

const words = z.string().nullish().catch(undefined)
const usage = z
  .object({
    ...{ input_tokens: tokenCount, output_tokens: tokenCount },
    ...{ cache_creation_input_tokens: tokenCount, cache_read_input_tokens: tokenCount },
  })
  .nullish()
  .catch(undefined)
const block = z.object({
  type: z.string(),
  id: words,
  name: words,
  text: words,
  input: z.unknown().optional(),
  data: words,
})
const event = z.object({
  type: z.string(),
  index: z.number().catch(0),
  message: z.object({ usage }).nullish().catch(undefined),
  content_block: block.nullish().catch(undefined),
  delta: z
    .object({
      ...{ type: words, text: words, partial_json: words, thinking: words, signature: words, stop_reason: words },
      stop_details: z.object({ category: words, explanation: words }).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  usage,
})
type Told = z.infer<typeof event>
type Usage = NonNullable<z.infer<typeof usage>>

/** A thought, or a call, as it is put together. */
interface Part {
  readonly type: string
  readonly id: string | undefined
  readonly name: string
  readonly data: string | undefined
  /** Arguments that came whole with the block's beginning. */
  readonly whole: string
  pieces: string
  signature: string
}

/** The status of an error that is told within a stream, where there is none. */
const STATUS: Readonly<Record<string, number>> = {
  ...{ invalid_request_error: 400, authentication_error: 401, billing_error: 402, permission_error: 403 },
  ...{ not_found_error: 404, request_too_large: 413, rate_limit_error: 429, api_error: 500, timeout_error: 504 },
  overloaded_error: 529,
}
/** The text ends as the model wanted, or where it must: at the limit of its tokens. */
const ENDS_WELL: ReadonlySet<string> = new Set(['end_turn', 'tool_use', 'max_tokens', 'stop_sequence'])

/** The deltas of a streamed message of `model`. Throws ProviderError for one that failed, was refused or broke off. */
export async function* messageDeltas(
  events: AsyncIterable<AnswerEvent>,
  model: string,
  ownId: () => string,
): AsyncGenerator<Delta> {
  const parts = new Map<number, Part>()
  let used: Usage = {}
  let stop: Told['delta']
  let hasText = false
  let isComplete = false
  try {
    for await (const given of events) {
      if (given.kind === 'done') break
      const failure = failureIn(given.value)
      if (failure) throw failed(PROVIDER, withStatus(failure))
      const { success, data: told } = event.safeParse(given.value)
      if (!success) continue
      if (told.type === 'message_stop') break
      used = { ...used, ...known(told.message?.usage), ...known(told.usage) }
      const text = told.delta?.text ?? (told.content_block?.type === 'text' ? told.content_block.text : undefined)
      if (text) {
        hasText = true
        yield { kind: 'text', text }
      } else if (told.type === 'content_block_delta') yield { kind: 'writing' }
      gather(parts, told)
      if (told.type === 'message_delta' && told.delta?.stop_reason) {
        stop = told.delta
        isComplete = true
      }
    }
  } catch (error) {
    // After its reason to stop only the end of the stream is missing.
    if (!isComplete) throw error
  }
  if (!isComplete) throw new ProviderError(PROVIDER, 'the answer broke off', { retryable: true })
  const cached = used.cache_read_input_tokens ?? 0
  // The vendor counts what it cached apart, and for what it puts into the cache a quarter more.
  const input = (used.input_tokens ?? 0) + (used.cache_creation_input_tokens ?? 0) + cached
  if (input > 0 || used.output_tokens) yield tokens(input, used.output_tokens ?? 0, cached)
  const calls = [...parts.values()].filter(({ type }) => type === 'tool_use')
  const reason = stop?.stop_reason ?? ''
  if (!ENDS_WELL.has(reason) && !hasText && calls.length === 0) {
    const why = stop?.stop_details?.explanation ?? stop?.stop_details?.category
    throw new ProviderError(PROVIDER, `the answer was stopped: ${reason}${why ? ` (${why})` : ''}`, {
      retryable: false,
    })
  }
  const thoughts = [...parts.values()].flatMap(thoughtIn)
  const kept: Thoughts = { model, thoughts }
  for (const [index, { id, name, pieces, whole }] of calls.entries()) {
    const extra = index === 0 && thoughts.length > 0 ? { extra: { [EXTRA]: kept } } : {}
    yield { kind: 'tool-call', call: { id: id ?? ownId(), name, arguments: pieces || whole, ...extra } }
  }
}

function withStatus(failure: Failure): Failure {
  const status = failure.status ?? STATUS[failure.code ?? '']
  return status === undefined ? failure : { ...failure, status }
}

/** The counts that are told: a later event leaves some of them out. */
const known = (told: z.infer<typeof usage>): Usage =>
  Object.fromEntries(Object.entries(told ?? {}).filter(([, value]) => typeof value === 'number'))

function gather(parts: Map<number, Part>, { type, index, content_block: begun, delta }: Told): void {
  if (type === 'content_block_start' && begun && parts.size < MOST_CALLS) {
    const { id, name, input, data } = begun
    const isWhole = typeof input === 'object' && input !== null && Object.keys(input).length > 0
    parts.set(index, {
      ...{ type: begun.type, id: id ?? undefined, name: name ?? '', data: data ?? undefined },
      ...{ whole: isWhole ? JSON.stringify(input) : '{}', pieces: '', signature: '' },
    })
  }
  const part = parts.get(index)
  if (type !== 'content_block_delta' || !part || !delta) return
  part.pieces += delta.partial_json ?? delta.thinking ?? ''
  part.signature += delta.signature ?? ''
  if (part.pieces.length > MOST_ARGUMENT_LETTERS)
    throw new ProviderError(PROVIDER, 'the arguments of its tool calls are too long', { retryable: true })
}

/** A thought as the vendor wants it back: signed, and unchanged. */
function thoughtIn({ type, pieces, signature, data }: Part): Thoughts['thoughts'] {
  if (type === 'redacted_thinking' && data !== undefined) return [{ type, data }]
  return type === 'thinking' && signature !== '' ? [{ type, thinking: pieces, signature }] : []
}
