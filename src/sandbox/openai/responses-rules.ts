import { z } from 'zod'
import { isWellFormed } from '../well-formed.ts'
import { type Refusal, wrongEffort } from './request-rules.ts'

const PARAMETERS: ReadonlySet<string> = new Set([
  ...['background', 'context_management', 'conversation', 'include', 'input', 'instructions', 'max_output_tokens'],
  ...['max_tool_calls', 'metadata', 'model', 'moderation', 'parallel_tool_calls', 'previous_response_id', 'prompt'],
  ...['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'reasoning', 'safety_identifier'],
  ...['service_tier', 'store', 'stream', 'stream_options', 'temperature', 'text', 'tool_choice', 'tools'],
  ...['top_logprobs', 'top_p', 'truncation', 'user', 'image', 'access_programs'],
])
const LEAST_TOKENS = 16
const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const MOST_TOOLS = 128

const parts = z.array(z.object({ type: z.string(), text: z.string().optional() }))
const message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), parts]),
})
const call = z.object({
  type: z.literal('function_call'),
  call_id: z.string().min(1).max(64),
  name: z.string().regex(NAME),
  arguments: z.string(),
})
const output = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1).max(64),
  output: z.union([z.string(), parts]),
})
const item = z.union([call, output, message])
export type Item = z.infer<typeof item>

const request = z.object({
  model: z.string().min(1),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(item).min(1)]),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        name: z.string().regex(NAME),
        description: z.string().nullish(),
        parameters: z.looseObject({ type: z.literal('object') }),
        strict: z.boolean().nullish(),
      }),
    )
    .max(MOST_TOOLS)
    .default([]),
  max_output_tokens: z.int().min(LEAST_TOKENS).nullish(),
  reasoning: z.object({ effort: z.string().nullish() }).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_obfuscation: z.boolean().optional() }).nullish(),
})
export type ResponsesRequest = z.infer<typeof request>

const refusal = (message: string, param: string | null, code: string | null = null): Refusal => ({
  error: { message, type: 'invalid_request_error', param, code },
})

/** The request if the real API accepts it, or its refusal. */
export function responsesAsked(body: unknown): ResponsesRequest | Refusal {
  const keys = typeof body === 'object' && body !== null ? Object.keys(body) : []
  if (!isWellFormed(body)) return refusal('We could not parse the JSON body of your request.', null)
  const unknown = keys.find(key => !PARAMETERS.has(key))
  if (unknown !== undefined) return refusal(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  const read = request.safeParse(body)
  if (!read.success) {
    const [issue] = read.error.issues
    const at = issue?.path.join('.') ?? ''
    return refusal(`Invalid value for '${at}': ${issue?.message}.`, at, 'invalid_value')
  }
  const { model, reasoning, stream, stream_options: options, input } = read.data
  const effort = reasoning?.effort ? wrongEffort(model, reasoning.effort, 'reasoning.effort') : undefined
  if (effort) return effort
  if (options && !stream)
    return refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  return wrongOrder(typeof input === 'string' ? [] : input) ?? read.data
}

/** Each call has its output somewhere after it, and each output its call before it. */
function wrongOrder(items: readonly Item[]): Refusal | undefined {
  const open = new Set<string>()
  const made = new Set<string>()
  for (const one of items) {
    if (one.type === 'function_call') {
      if (made.has(one.call_id)) return refusal(`Duplicate call_id '${one.call_id}'.`, 'input')
      made.add(one.call_id)
      open.add(one.call_id)
    }
    if (one.type !== 'function_call_output') continue
    if (!made.has(one.call_id))
      return refusal(`No tool call found for function call output with call_id ${one.call_id}.`, 'input')
    open.delete(one.call_id)
  }
  const [missing] = open
  return missing === undefined ? undefined : refusal(`No tool output found for function call ${missing}.`, 'input')
}
