import { z } from 'zod'
import { isWellFormed } from '../well-formed.ts'

/** Anthropic's refusal of a request. */
export interface Refusal {
  readonly status: number
  readonly body: { readonly type: 'error'; readonly error: { readonly type: string; readonly message: string } }
}

const TYPES: Readonly<Record<number, string>> = {
  ...{ 400: 'invalid_request_error', 401: 'authentication_error', 402: 'billing_error', 403: 'permission_error' },
  ...{ 404: 'not_found_error', 413: 'request_too_large', 429: 'rate_limit_error', 504: 'timeout_error' },
  529: 'overloaded_error',
}

export const refusal = (status: number, message: string): Refusal => ({
  status,
  body: { type: 'error', error: { type: TYPES[status] ?? 'api_error', message } },
})

const VERSIONS = ['2023-06-01', '2026-10-21']
/** Which thinking each model takes. */
const MODELS: readonly (readonly [model: RegExp, thinking: readonly string[]])[] = [
  [/^claude-haiku-4-5/, ['disabled', 'enabled']],
  [/^claude-haiku-5-5$/, ['disabled', 'adaptive']],
  [/^claude-sonnet-5$/, ['disabled', 'adaptive']],
  [/^claude-sonnet-5-5$/, ['between_tools', 'adaptive']],
  [/^claude-(?:opus-5-5|fable-5|mythos-5)/, ['adaptive']],
]
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max']
const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const MOST_MARKS = 4

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
const mark = { cache_control: cacheControl.nullish() }
const text = z.strictObject({ type: z.literal('text'), text: z.string(), ...mark })
const use = z.strictObject({
  ...{ type: z.literal('tool_use'), id: z.string().regex(/^[a-zA-Z0-9_-]+$/), name: z.string().regex(NAME) },
  ...{ input: z.record(z.string(), z.unknown()), ...mark },
})
const result = z.strictObject({
  ...{ type: z.literal('tool_result'), tool_use_id: z.string() },
  ...{ content: z.union([z.string(), z.array(text)]).optional(), is_error: z.boolean().optional(), ...mark },
})
const thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() })
const block = z.discriminatedUnion('type', [text, use, result, thinking])
export type Block = z.infer<typeof block>
const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z
    .union([z.string(), z.array(block)])
    .transform((given): readonly Block[] => (typeof given === 'string' ? [{ type: 'text', text: given }] : given)),
})
const request = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z.array(message).min(1, 'at least one message is required'),
  system: z.union([z.string(), z.array(text)]).optional(),
  tools: z
    .array(
      z.strictObject({
        ...{ name: z.string().regex(NAME), description: z.string().optional(), ...mark },
        input_schema: z.looseObject({ type: z.literal('object') }),
      }),
    )
    .optional(),
  tool_choice: z.looseObject({ type: z.string() }).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  output_config: z.strictObject({ effort: z.enum(EFFORTS).nullish() }).optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.looseObject({}).optional(),
  service_tier: z.string().optional(),
  stream: z.boolean().optional(),
})
export type MessagesRequest = z.infer<typeof request>

/** Whether the real API serves this caller: by a key in either header, and a version that it knows. */
export function refusedAccess(headers: Readonly<Record<string, unknown>>): Refusal | undefined {
  const { 'x-api-key': key, authorization, 'anthropic-version': version } = headers
  if (!key && !/^Bearer .+/.test(String(authorization ?? ''))) return refusal(401, 'x-api-key header is required')
  if (version === undefined) return refusal(400, 'anthropic-version: header is required')
  return VERSIONS.includes(String(version)) ? undefined : refusal(400, `anthropic-version: "${version}" is not valid`)
}

/** The request if the real API accepts it, or its refusal. `isSigned` tells whether a thought's signature is the vendor's. */
export function messagesAsked(
  body: unknown,
  isSigned: (signature: string, model: string) => boolean,
): MessagesRequest | Refusal {
  if (!isWellFormed(body)) return refusal(400, 'The request body is not valid JSON: no low surrogate in string')
  const read = request.safeParse(body)
  if (!read.success) {
    const [issue] = read.error.issues
    const at = issue?.path.join('.') ?? ''
    if (issue?.code !== 'unrecognized_keys') return refusal(400, `${at}: ${issue?.message ?? 'not an object'}`)
    return refusal(400, `${[at, issue.keys[0]].filter(Boolean).join('.')}: Extra inputs are not permitted`)
  }
  const why = wrongThinking(read.data) ?? wrongTurns(read.data, isSigned) ?? wrongTools(read.data)
  return why ?? read.data
}

function wrongThinking({ model, thinking: asked, output_config: config, max_tokens: most }: MessagesRequest) {
  const known = MODELS.find(([name]) => name.test(model))
  if (!known) return refusal(404, `model: ${model}`)
  const [, taken] = known
  if (config?.effort && !taken.includes('adaptive'))
    return refusal(400, 'This model does not support the effort parameter.')
  if (asked === undefined || taken.includes(asked.type)) {
    const budget = Number(asked?.budget_tokens ?? 0)
    return asked?.type === 'enabled' && !(budget >= 1_024 && budget < most)
      ? refusal(400, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
      : undefined
  }
  return refusal(
    400,
    taken.includes('between_tools') && asked.type === 'disabled'
      ? '"thinking.type.disabled" is not supported for this model. To turn thinking off on this model, send "thinking": {"type": "between_tools"}.'
      : `"thinking.type.${asked.type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`,
  )
}

function wrongTurns(
  { model, messages, system }: MessagesRequest,
  isSigned: (signature: string, model: string) => boolean,
) {
  if (messages[0]?.role === 'assistant') return refusal(400, 'messages: first message must use the "user" role')
  if (messages.at(-1)?.role === 'assistant')
    return refusal(
      400,
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  const told = Array.isArray(system) ? system : []
  const wrongText = [...told, ...messages.flatMap(({ content }) => content)].find(
    one => one.type === 'text' && one.text.trim() === '',
  )
  if (wrongText?.type === 'text')
    return refusal(
      400,
      wrongText.text === ''
        ? 'messages: text content blocks must be non-empty'
        : 'messages: text content blocks must contain non-whitespace text',
    )
  let open: ReadonlySet<string> = new Set()
  for (const [index, { role, content }] of messages.entries()) {
    const results = content.flatMap(one => (one.type === 'tool_result' ? [one.tool_use_id] : []))
    const strange = results.find(id => !open.has(id))
    if (strange !== undefined || (role === 'assistant' && results.length > 0))
      return refusal(
        400,
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${strange}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    const isFirst = content.slice(0, results.length).every(({ type }) => type === 'tool_result')
    if (new Set(results).size < open.size || !isFirst)
      return refusal(
        400,
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
    const uses = content.flatMap(one => (one.type === 'tool_use' ? [one.id] : []))
    if (new Set(uses).size < uses.length) return refusal(400, 'messages: `tool_use` ids must be unique')
    open = new Set(uses)
    for (const [at, one] of content.entries())
      if (one.type === 'thinking' && !isSigned(one.signature, model))
        return refusal(400, `messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`)
  }
  return undefined
}

function wrongTools({ tools = [], system, messages }: MessagesRequest) {
  if (new Set(tools.map(({ name }) => name)).size < tools.length)
    return refusal(400, 'tools: Tool names must be unique.')
  const blocks = [...tools, ...(Array.isArray(system) ? system : []), ...messages.flatMap(({ content }) => content)]
  const marks = blocks.filter(one => 'cache_control' in one && one.cache_control).length
  return marks > MOST_MARKS
    ? refusal(400, `A maximum of ${MOST_MARKS} blocks with cache_control may be provided. Found ${marks}.`)
    : undefined
}
