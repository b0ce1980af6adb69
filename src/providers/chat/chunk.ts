import { z } from 'zod'
import { type CallPiece, MOST_CALLS } from './call-pieces.ts'
import { tokenCount } from './tokens.ts'

/** The tokens of an answer so far. */
export interface TokensUsed {
  readonly input: number
  readonly output: number
  readonly cached: number
}

/** What one chunk of an answer brings. */
export interface Chunk {
  readonly text: string
  readonly pieces: readonly CallPiece[]
  readonly finish: string | undefined
  readonly used: TokensUsed | undefined
}

/** Checking more takes time that other calls need, and no answer has more. */
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value.slice(0, MOST_CALLS) : value)
const text = z.string().nullish().catch(undefined)
const count = z.number().nullish().catch(undefined)
const object = z.record(z.string(), z.unknown())
const made = z.object({ name: text, arguments: z.union([z.string(), object]).nullish().catch(undefined) })
const call = z.object({
  index: count,
  id: text,
  function: made.nullish().catch(undefined),
  extra_content: object.nullish().catch(undefined),
  provider_specific_fields: object.nullish().catch(undefined),
})
const part = z.union([z.string(), z.object({ type: z.string().optional(), text })]).catch('')
const delta = z.object({
  content: z.preprocess(firstOf, z.union([z.string(), z.array(part)]).nullish()).catch(undefined),
  refusal: text,
  tool_calls: z.preprocess(firstOf, z.array(call).nullish()).catch(undefined),
  function_call: made.nullish().catch(undefined),
})
const choice = z.object({
  index: count,
  delta: delta.nullish().catch(undefined),
  message: delta.nullish().catch(undefined),
  finish_reason: text,
})
const usage = z
  .object({
    prompt_tokens: tokenCount,
    completion_tokens: tokenCount,
    prompt_tokens_details: z.object({ cached_tokens: tokenCount }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined)
const chunk = z.object({
  choices: z.preprocess(firstOf, z.array(choice).nullish()).catch(undefined),
  usage,
  /** Where Groq tells the tokens. */
  x_groq: z.object({ usage }).nullish().catch(undefined),
})

/** Reads a chunk of any compatible server, or a whole answer; what is missing or of another type counts as nothing. */
export function readChunk(value: unknown): Chunk {
  const { choices, usage: ofAll, x_groq } = chunk.safeParse(value).data ?? {}
  const usage = ofAll ?? x_groq?.usage
  const choice = choices?.find(({ index }) => !index)
  const { content, refusal, tool_calls, function_call } = choice?.delta ?? choice?.message ?? {}
  const pieces = (tool_calls ?? []).map(pieceOf)
  const used = usage && {
    input: usage.prompt_tokens ?? 0,
    output: usage.completion_tokens ?? 0,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
  }
  return {
    text: textIn(content) || (refusal ?? ''),
    pieces: function_call ? [...pieces, { ...pieceOf({ function: function_call }), index: 0 }] : pieces,
    finish: choice?.finish_reason || undefined,
    used: used && used.input + used.output > 0 ? used : undefined,
  }
}

/** Parts that are not text, such as Mistral's thinking, are not for the caller. */
function textIn(content: z.infer<typeof delta>['content']): string {
  if (!Array.isArray(content)) return content ?? ''
  return content.map(one => (typeof one === 'string' ? one : one.type === 'thinking' ? '' : (one.text ?? ''))).join('')
}

function pieceOf({ index, id, function: given, ...more }: Partial<z.infer<typeof call>>): CallPiece {
  const args = given?.arguments ?? ''
  const extra = Object.fromEntries(
    Object.entries({
      extra_content: more.extra_content,
      provider_specific_fields: more.provider_specific_fields,
    }).filter(([, one]) => one),
  )
  return {
    index: index ?? undefined,
    id: id || undefined,
    name: given?.name ?? '',
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
    extra: Object.keys(extra).length > 0 ? extra : undefined,
  }
}
