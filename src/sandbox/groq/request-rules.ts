import { z } from 'zod'
import { refusalOf } from '../openai/request-rules.ts'

const record = z.record(z.string(), z.unknown())
/** What OpenAI's API does not know. */
const OWN = ['include_reasoning', 'reasoning_format', 'disable_tool_validation', 'reasoning_effort'] as const
/** What Groq's API does not know, or takes no value for. */
const NOT_TAKEN = ['logprobs', 'top_logprobs', 'logit_bias', 'prompt_cache_key', 'verbosity', 'safety_identifier']
const EFFORTS: readonly (readonly [model: RegExp, efforts: readonly string[]])[] = [
  [/gpt-oss/, ['low', 'medium', 'high']],
  [/qwen3/, ['none', 'default']],
]

const refusal = (message: string): { readonly body: object } => ({
  body: { error: { message, type: 'invalid_request_error' } },
})

/** The body of Groq's refusal of a chat completion request; undefined if it accepts it. */
export function groqRefusalOf(body: unknown): { readonly status?: number; readonly body: object } | undefined {
  const asked = record.safeParse(body).data ?? {}
  const { model, tools, include_reasoning: includes, reasoning_format: format, reasoning_effort: effort } = asked
  const notTaken = NOT_TAKEN.find(key => key in asked)
  if (notTaken !== undefined) return refusal(`property '${notTaken}' is unsupported`)
  const name = String(model)
  const efforts = EFFORTS.find(([known]) => known.test(name))?.[1] ?? []
  if (effort !== undefined && !efforts.includes(String(effort)))
    return refusal(
      efforts.length === 0
        ? '`reasoning_effort` is not supported with this model'
        : `\`reasoning_effort\` must be one of \`${efforts.join('`, `')}\``,
    )
  if (includes !== undefined && format !== undefined)
    return refusal('cannot specify both `include_reasoning` and `reasoning_format`')
  if (format !== undefined && efforts.length === 0)
    return refusal('`reasoning_format` is not supported with this model')
  if (format === 'raw' && Array.isArray(tools)) return refusal('`reasoning_format` cannot be `raw` with tools')
  const rest = Object.fromEntries(Object.entries(asked).filter(([key]) => !OWN.some(own => own === key)))
  const refused = refusalOf(rest)
  return refused && { body: refused }
}
