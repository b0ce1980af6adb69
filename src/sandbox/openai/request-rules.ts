import { z } from 'zod'
import { isWellFormed } from '../well-formed.ts'

/** The body of OpenAI's refusal, with status 400. */
export interface Refusal {
  readonly error: {
    readonly message: string
    readonly type: 'invalid_request_error'
    readonly param: string | null
    readonly code: string | null
  }
}

const LONGEST_TEXT = 10_485_760
const LONGEST_ID = 40
const LONGEST_NAME = 64
const LONGEST_DESCRIPTION = 1_024
const MOST_TOOLS = 128
const NAME = /^[a-zA-Z0-9_-]+$/
const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer']
const PARAMETERS: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'stream', 'stream_options'],
  ...['max_completion_tokens', 'max_tokens', 'temperature', 'top_p', 'n', 'stop', 'seed', 'user', 'metadata', 'store'],
  ...['frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'response_format'],
  ...['reasoning_effort', 'service_tier', 'prompt_cache_key', 'safety_identifier', 'verbosity', 'modalities'],
])
const NOT_ON_TOP = ['oneOf', 'anyOf', 'allOf', 'enum', 'not']

const record = z.record(z.string(), z.unknown())
const asRecord = (value: unknown): Readonly<Record<string, unknown>> => record.safeParse(value).data ?? {}
const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

class Refused extends Error {
  readonly param: string | null
  readonly code: string | null

  constructor(message: string, param: string | null, code: string | null) {
    super(message)
    this.param = param
    this.code = code
  }
}

/** Why the real API refuses this body of a chat completion request; undefined if it accepts it. */
export function refusalOf(body: unknown): Refusal | undefined {
  try {
    checkBody(body)
    return undefined
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { message, param, code } = error
    return { error: { message, type: 'invalid_request_error', param, code } }
  }
}

/** The refusal of an effort that this model does not take. */
export function wrongEffort(model: string, effort: string, param: string): Refusal | undefined {
  const taken = effortsOf(model)
  if (taken.includes(effort)) return undefined
  const message =
    taken.length === 0
      ? `Unsupported parameter: '${param}' is not supported with this model.`
      : `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: '${taken.join("', '")}'.`
  const code = taken.length === 0 ? 'unsupported_parameter' : 'unsupported_value'
  return { error: { message, type: 'invalid_request_error', param, code } }
}

function effortsOf(model: string): readonly string[] {
  if (/^o\d/.test(model)) return ['low', 'medium', 'high']
  if (/^gpt-5(?:-(?:mini|nano))?(?:-\d{4}|$)/.test(model)) return ['minimal', 'low', 'medium', 'high']
  return /^gpt-(?:5\.|[6-9])/.test(model) ? ['none', 'low', 'medium', 'high', 'xhigh'] : []
}

function checkBody(body: unknown): void {
  if (!isWellFormed(body)) throw new Refused('We could not parse the JSON body of your request.', null, null)
  const { model, messages, tools, stream, stream_options: options, max_completion_tokens: most } = asRecord(body)
  const { reasoning_effort: effort } = asRecord(body)
  const unknown = Object.keys(asRecord(body)).find(key => !PARAMETERS.has(key))
  if (unknown !== undefined) throw new Refused(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  if (typeof model !== 'string' || model === '') throw new Refused('you must provide a model parameter', null, null)
  const refusedEffort = typeof effort === 'string' ? wrongEffort(model, effort, 'reasoning_effort') : undefined
  if (refusedEffort) throw new Refused(refusedEffort.error.message, refusedEffort.error.param, refusedEffort.error.code)
  if (messages === undefined) throw missing('messages')
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array')
  if (messages.length === 0) throw emptyArray('messages')
  if (options !== undefined && stream !== true)
    throw new Refused(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      null,
    )
  if (most !== undefined && (!Number.isInteger(most) || Number(most) < 1))
    throw new Refused(
      "Invalid 'max_completion_tokens': integer below minimum value.",
      'max_completion_tokens',
      'integer_below_min_value',
    )
  for (const [index, message] of messages.entries()) checkMessage(asRecord(message), `messages[${index}]`)
  checkOrder(messages.map(asRecord))
  if (tools !== undefined) checkTools(asArray(tools))
}

function checkMessage(message: Readonly<Record<string, unknown>>, at: string): void {
  const { role, content, tool_calls: calls, tool_call_id: id } = message
  if (role === undefined) throw missing(`${at}.role`)
  if (typeof role !== 'string' || !ROLES.includes(role))
    throw new Refused(
      `Invalid value: '${role}'. Supported values are: '${ROLES.join("', '")}'.`,
      `${at}.role`,
      'invalid_value',
    )
  if (role === 'tool' && id === undefined) throw missing(`${at}.tool_call_id`)
  if (calls !== undefined) checkCalls(calls, `${at}.tool_calls`)
  const mayBeNothing = role === 'assistant' && calls !== undefined
  if (content === null || content === undefined) {
    if (!mayBeNothing)
      throw new Refused(`Invalid value for 'content': expected a string, got null.`, `${at}.content`, null)
  } else if (typeof content !== 'string' && !Array.isArray(content))
    throw wrongType(`${at}.content`, 'a string or an array')
  else if (Array.isArray(content) && content.length === 0) throw emptyArray(`${at}.content`)
  else if (content.length > LONGEST_TEXT) throw tooLong(`${at}.content`, LONGEST_TEXT, content.length)
}

function checkCalls(calls: unknown, at: string): void {
  if (!Array.isArray(calls)) throw wrongType(at, 'an array')
  if (calls.length === 0) throw emptyArray(at)
  if (calls.length > MOST_TOOLS) throw arrayTooLong(at, calls.length)
  for (const [index, call] of calls.map(asRecord).entries()) {
    const place = `${at}[${index}]`
    checkText(call.id, `${place}.id`, LONGEST_ID)
    if (call.type === undefined) throw missing(`${place}.type`)
    const { name, arguments: args } = asRecord(call.function)
    checkName(name, `${place}.function.name`)
    if (args === undefined) throw missing(`${place}.function.arguments`)
    if (typeof args !== 'string') throw wrongType(`${place}.function.arguments`, 'a string')
  }
}

/** Each call has exactly one result, right after it. */
function checkOrder(messages: readonly Readonly<Record<string, unknown>>[]): void {
  let open = new Set<unknown>()
  for (const [index, { role, tool_calls: calls, tool_call_id: id }] of messages.entries()) {
    if (role === 'tool') {
      if (!open.delete(id))
        throw new Refused(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
          null,
        )
      continue
    }
    if (open.size > 0) throw unanswered(open, index)
    const ids = asArray(calls).map(call => asRecord(call).id)
    open = new Set(ids)
    if (open.size < ids.length)
      throw new Refused(
        `Invalid parameter: Duplicate value for 'tool_call_id' in message[${index}].`,
        `messages.[${index}].tool_calls`,
        null,
      )
  }
  if (open.size > 0) throw unanswered(open, messages.length)
}

function checkTools(tools: readonly unknown[]): void {
  if (tools.length === 0) throw emptyArray('tools')
  if (tools.length > MOST_TOOLS) throw arrayTooLong('tools', tools.length)
  for (const [index, tool] of tools.map(asRecord).entries()) {
    const at = `tools[${index}]`
    if (tool.type !== 'function')
      throw new Refused(
        `Invalid value: '${tool.type}'. Supported values are: 'function'.`,
        `${at}.type`,
        'invalid_value',
      )
    const { name, description, parameters } = asRecord(tool.function)
    checkName(name, `${at}.function.name`)
    if (typeof description === 'string' && description.length > LONGEST_DESCRIPTION)
      throw tooLong(`${at}.function.description`, LONGEST_DESCRIPTION, description.length)
    const why = parameters === undefined ? undefined : wrongSchema(asRecord(parameters))
    if (why !== undefined)
      throw new Refused(
        `Invalid schema for function '${name}': ${why}`,
        `${at}.function.parameters`,
        'invalid_function_parameters',
      )
  }
}

function wrongSchema(schema: Readonly<Record<string, unknown>>): string | undefined {
  if (schema.type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type ?? 'None'}"'.`
  const onTop = NOT_ON_TOP.find(key => key in schema)
  if (onTop !== undefined) return `schema must have type 'object' and not have '${onTop}' at the top level.`
  return arrayWithoutItems(schema, [])
}

function arrayWithoutItems(schema: Readonly<Record<string, unknown>>, at: readonly string[]): string | undefined {
  if (schema.type === 'array' && schema.items === undefined)
    return `In context=(${at.map(key => `'${key}'`).join(', ')}), array schema missing items.`
  const inside = [
    ...Object.entries(asRecord(schema.properties)).map(([key, one]) => [['properties', key], one] as const),
    ...(schema.items === undefined ? [] : [[['items'], schema.items] as const]),
  ]
  for (const [keys, one] of inside) {
    const why = arrayWithoutItems(asRecord(one), [...at, ...keys])
    if (why !== undefined) return why
  }
  return undefined
}

function checkName(name: unknown, at: string): void {
  checkText(name, at, LONGEST_NAME)
  if (!NAME.test(String(name)))
    throw new Refused(
      `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '${NAME.source}'.`,
      at,
      'invalid_value',
    )
}

function checkText(text: unknown, at: string, most: number): void {
  if (text === undefined) throw missing(at)
  if (typeof text !== 'string') throw wrongType(at, 'a string')
  if (text === '')
    throw new Refused(
      `Invalid '${at}': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
      at,
      'empty_string',
    )
  if (text.length > most) throw tooLong(at, most, text.length)
}

const missing = (at: string): Refused =>
  new Refused(`Missing required parameter: '${at}'.`, at, 'missing_required_parameter')
const wrongType = (at: string, wanted: string): Refused =>
  new Refused(`Invalid type for '${at}': expected ${wanted}.`, at, 'invalid_type')
const emptyArray = (at: string): Refused =>
  new Refused(
    `Invalid '${at}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    at,
    'empty_array',
  )
const arrayTooLong = (at: string, length: number): Refused =>
  new Refused(
    `Invalid '${at}': array too long. Expected an array with maximum length ${MOST_TOOLS}, but got an array with length ${length} instead.`,
    at,
    'array_above_max_length',
  )
const tooLong = (at: string, most: number, length: number): Refused =>
  new Refused(
    `Invalid '${at}': string too long. Expected a string with maximum length ${most}, but got a string with length ${length} instead.`,
    at,
    'string_above_max_length',
  )
const unanswered = (ids: ReadonlySet<unknown>, index: number): Refused =>
  new Refused(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    `messages.[${index}].role`,
    null,
  )
