import { expect, test } from 'vitest'
import type { Message, ToolCall } from '../../../src/conversation/ports.ts'
import { compatible } from '../../../src/providers/compatible/compatible.ts'
import { groq } from '../../../src/providers/groq/groq.ts'
import { openAi } from '../../../src/providers/openai.ts'
import { groqRefusalOf } from '../../../src/sandbox/groq/request-rules.ts'
import { type Answer, asked, type Body, callsOf, data, HELLO, textOf, tokensOf } from './scripted-server.ts'

const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  data({ choices: [{ index: 0, delta, finish_reason: finish }], ...more })
const DONE = 'data: [DONE]\n\n'
const SAID = [chunk({ content: 'Hello.' }), chunk({}, 'stop'), DONE]
const refused = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) })
const rolesOf = ({ messages }: Body = {}): string =>
  Array.isArray(messages) ? messages.map(({ role }: { role: string }) => role).join(' ') : ''
const CALL: ToolCall = { id: 'a', name: 'add_task', arguments: '{"title":"milk"}' }
const HISTORY: readonly Message[] = [HELLO, { role: 'tool', call: CALL, result: 'Added.' }]

test.each([
  ['openai/gpt-oss-120b', { reasoning_effort: 'low', include_reasoning: false, max_completion_tokens: 4_000 }],
  ['qwen/qwen3-32b', { reasoning_effort: 'none', reasoning_format: 'hidden', max_completion_tokens: 1_000 }],
  ['llama-3.3-70b-versatile', { max_completion_tokens: 1_000 }],
])('Groq is asked so that %s thinks little and says nothing of it', async (model, wanted) => {
  const { bodies, reply } = asked(groq, model, () => SAID)
  await reply()
  const [{ messages: _m, tools: _t, model: _name, stream: _s, stream_options: _o, ...rest } = {}] = bodies()
  expect(rest).toEqual({ ...wanted, disable_tool_validation: true })
  expect(groqRefusalOf(bodies()[0])).toBeUndefined()
})

test('Groq tells the tokens beside its last chunk', async () => {
  const usage = { prompt_tokens: 30, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } }
  const told = [chunk({ content: 'Hello.' }), chunk({}, 'stop', { x_groq: { id: 'req_1', usage } }), DONE]
  const { reply } = asked(groq, 'openai/gpt-oss-120b', () => told)
  expect(tokensOf(await reply())).toEqual([{ kind: 'tokens', input: 30, output: 4, cached: 8 }])
})

test.each([
  '<function=add_task>{"title": "milk"}</function>',
  '<function=add_task{"title": "milk"}</function>',
  'add_task{"title": "milk"}</function>',
  '```\n{"tool_calls": [{"name": "add_task", "arguments": {"title": "milk"}}]}\n```',
  '{"name": "add_task", "parameters": {"title": "milk"}}',
])('a call that Groq could not read is read: %j', async written => {
  const error = {
    ...{
      message: "Failed to call a function. See 'failed_generation' for more details.",
      type: 'invalid_request_error',
    },
    ...{ code: 'tool_use_failed', failed_generation: written },
  }
  const before = asked(groq, 'llama-3.3-70b-versatile', () => refused(400, { error }))
  const calls = callsOf(await before.reply())
  expect(calls.map(({ name, arguments: args }) => [name, JSON.parse(args)])).toEqual([['add_task', { title: 'milk' }]])
  expect(before.requests).toHaveLength(1)
  const within = asked(groq, 'llama-3.3-70b-versatile', () => [chunk({ content: '' }), data({ error }, 'error')])
  expect(callsOf(await within.reply())).toHaveLength(1)
})

test('what cannot be read as a call of an offered tool is written anew', async () => {
  const error = {
    message: 'Failed to call a function.',
    code: 'tool_use_failed',
    failed_generation: '<function=erase>{}',
  }
  const { reply } = asked(groq, 'llama-3.3-70b-versatile', () => refused(400, { error }))
  await expect(reply()).rejects.toMatchObject({ retryable: true, message: 'Groq: Failed to call a function.' })
})

test('the tokens of a day do not come back while a caller waits', async () => {
  const message = 'Rate limit reached for model `x` on tokens per day (TPD): Limit 100000, Used 99000.'
  const { reply } = asked(groq, 'x', () => refused(429, { error: { message, code: 'rate_limit_exceeded' } }))
  await expect(reply()).rejects.toMatchObject({ retryable: false })
})

test.each([
  ['gpt-4o-mini', []],
  ['gpt-5-mini', ['minimal']],
  ['gpt-6-luna', ['none']],
  ['o4-mini', ['low']],
])('%s by chat completions is asked for these efforts: %j', async (model, efforts) => {
  const { bodies, reply } = asked(openAi, model, () => SAID)
  await reply()
  expect(bodies().flatMap(({ reasoning_effort: effort }) => effort ?? [])).toEqual(efforts)
})

test('an effort that is refused is followed by the next, and then by none', async () => {
  const { bodies, reply } = asked(openAi, 'gpt-7', ({ reasoning_effort: effort }) =>
    effort === undefined
      ? SAID
      : refused(400, { error: { message: `Unsupported value: 'reasoning_effort' ${effort}` } }),
  )
  await reply()
  await reply()
  expect(bodies().map(({ reasoning_effort: effort }) => effort)).toEqual([
    'none',
    'minimal',
    'low',
    undefined,
    undefined,
  ])
})

test('what another vendor put beside a call stays behind where a server refuses it', async () => {
  const extra = { extra_content: { google: { thought_signature: 'sig' } } }
  const { bodies, reply } = asked(openAi, 'gpt-4o-mini', body =>
    JSON.stringify(body).includes('extra_content')
      ? refused(400, { error: { message: "Unknown parameter: 'messages[2].tool_calls[0].extra_content'." } })
      : SAID,
  )
  const history: readonly Message[] = [HELLO, { role: 'tool', call: { ...CALL, extra }, result: 'Added.' }]
  expect(textOf(await reply({ history }))).toBe('Hello.')
  expect(bodies()).toHaveLength(2)
  const anthropic = { ...CALL, extra: { anthropic: { model: 'm', thoughts: [] } } }
  await reply({ history: [HELLO, { role: 'tool', call: anthropic, result: 'Added.' }] })
  expect(JSON.stringify(bodies()[2])).not.toContain('anthropic')
})

test('a server on this machine is sent no key', async () => {
  const withoutKey: typeof openAi = (settings, ...more) => compatible({ ...settings, apiKey: undefined }, ...more)
  const { requests, reply } = asked(withoutKey, 'llama3.2', () => SAID)
  await reply()
  expect(requests[0]?.headers.has('authorization')).toBe(false)
})

test.each([
  [400, { error: { message: 'registry.ollama.ai/library/gemma3 does not support tools', type: 'api_error' } }],
  [
    400,
    {
      object: 'error',
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    },
  ],
  [500, { error: { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' } }],
  [404, { error: { message: 'No endpoints found that support tool use.', code: 404 } }],
  [400, { error: { message: 'Tool calling is not supported with this model' } }],
])('a server that takes no tools (%s %j) is told of them in words, once for all', async (status, why) => {
  const written = 'Gladly. <tool_call>{"name": "add_task", "arguments": {"title": "milk"}}</tool_call>'
  const { bodies, reply } = asked(compatible, 'gemma3', body =>
    'tools' in body ? refused(status, why) : [chunk({ content: written }), chunk({}, 'stop'), DONE],
  )
  const deltas = await reply({ history: HISTORY })
  expect(callsOf(deltas).map(({ name, arguments: args }) => [name, args])).toEqual([['add_task', '{"title":"milk"}']])
  expect(textOf(deltas).trim()).toBe('Gladly.')
  await reply()
  expect(bodies().map(body => 'tools' in body)).toEqual([true, false, false])
  expect(rolesOf(bodies()[1])).toBe('system user assistant user')
  const said = JSON.stringify(bodies()[1])
  for (const part of ['Adds a task.', '<tool_call>{', '<tool_response>', 'Added.']) expect(said).toContain(part)
})

test('OpenAI’s own refusal of a tool is no reason to do without tools', async () => {
  const error = { message: "Invalid schema for function 'add_task': tools are wrong.", param: 'tools[0]' }
  const { requests, reply } = asked(openAi, 'gpt-4o-mini', () => refused(400, { error }))
  await expect(reply()).rejects.toMatchObject({ retryable: false })
  expect(requests).toHaveLength(1)
})

test('where there is no place for instructions they stand before the caller’s first words', async () => {
  const { bodies, reply } = asked(compatible, 'gemma', body =>
    rolesOf(body).startsWith('system') ? refused(400, { object: 'error', message: 'System role not supported' }) : SAID,
  )
  await reply()
  expect(bodies()[1]?.messages).toEqual([{ role: 'user', content: 'Be brief.\n\nHello.' }])
})

test('a model that thinks by its name is asked not to, and so no more where the server does not know how', async () => {
  const { bodies, reply } = asked(compatible, 'qwen3:8b', body =>
    'reasoning_effort' in body
      ? refused(422, { detail: [{ type: 'extra_forbidden', loc: ['body', 'reasoning_effort'] }] })
      : SAID,
  )
  await reply()
  await reply()
  expect(bodies().map(({ reasoning_effort: effort }) => effort)).toEqual(['none', 'low', undefined, undefined])
})
