import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Message } from '../../../src/conversation/ports.ts'
import { responses } from '../../../src/providers/responses/responses.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { openOpenAiStandIn } from '../../../src/sandbox/openai/stand-in.ts'
import { type Answer, asked, type Body, callsOf, data, HELLO, textOf, tokensOf } from './scripted-server.ts'

const event = (type: string, more: object = {}): string => data({ type, ...more }, type)
const USED = { input_tokens: 90, input_tokens_details: { cached_tokens: 64 }, output_tokens: 7 }
const completed = event('response.completed', { response: { status: 'completed', usage: USED } })
const text = (delta: string): string => event('response.output_text.delta', { output_index: 0, delta })
const SAID = [event('response.created', { response: {} }), text('Hel'), text('lo.'), completed]
const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'add_task' }
const args = (delta: string): string =>
  event('response.function_call_arguments.delta', { item_id: 'fc_1', output_index: 1, delta })
const CALLED = [
  event('response.output_item.added', { output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } }),
  event('response.output_item.added', { output_index: 1, item: { ...item, arguments: '' } }),
  ...[args('{"title":'), args('"milk"}')],
  event('response.function_call_arguments.done', { item_id: 'fc_1', output_index: 1, arguments: '{"title":"milk"}' }),
  event('response.output_item.done', { output_index: 1, item: { ...item, arguments: '{"title":"milk"}' } }),
  completed,
]
const refused = (message: string, param: string): Answer => ({
  ...{ status: 400, body: JSON.stringify({ error: { message, type: 'invalid_request_error', param, code: null } }) },
})
const opened = (answer: (body: Body, count: number) => Answer, model = 'gpt-6-luna') => asked(responses, model, answer)

test('nothing is kept by the vendor, and the model is asked not to think', async () => {
  const { requests, reply } = opened(() => SAID)
  const deltas = await reply()
  expect(textOf(deltas)).toBe('Hello.')
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 90, output: 7, cached: 64 }])
  expect(requests[0]?.url).toBe('https://vendor.example/responses')
  expect(requests[0]?.body).toEqual({
    ...{ model: 'gpt-6-luna', instructions: 'Be brief.', input: [{ role: 'user', content: 'Hello.' }], store: false },
    ...{ stream: true, stream_options: { include_obfuscation: false } },
    ...{ reasoning: { effort: 'none' }, max_output_tokens: 1_000 },
    tools: [expect.objectContaining({ type: 'function', name: 'add_task', strict: false })],
  })
})

test('a model that cannot think is not told how much to', async () => {
  const { bodies, reply } = opened(() => SAID, 'gpt-4o-mini')
  await reply()
  expect(bodies()[0]).not.toHaveProperty('reasoning')
})

test('an effort that is refused is not asked for again, nor is an option', async () => {
  const { bodies, reply } = opened(body => {
    if ('stream_options' in body) return refused("Unknown parameter: 'stream_options'.", 'stream_options')
    const effort = Object(body.reasoning).effort
    return effort === 'none' || effort === 'minimal'
      ? refused(`Unsupported value: '${effort}' is not supported with this model.`, 'reasoning.effort')
      : SAID
  }, 'gpt-7')
  expect(textOf(await reply())).toBe('Hello.')
  expect(textOf(await reply())).toBe('Hello.')
  expect(bodies()).toHaveLength(5)
  expect(bodies().at(-1)).toMatchObject({ reasoning: { effort: 'low' }, max_output_tokens: 4_000 })
})

test('a call is told once, by the id that its result answers', async () => {
  const { bodies, reply } = opened((_, count) => (count === 1 ? CALLED : SAID))
  const calls = callsOf(await reply())
  expect(calls).toEqual([{ id: 'call_1', name: 'add_task', arguments: '{"title":"milk"}' }])
  const [call] = calls
  if (!call) throw new Error('no call')
  const history: readonly Message[] = [
    HELLO,
    { role: 'tool', call, result: undefined },
    { role: 'caller', text: 'Well?' },
  ]
  await reply({ history })
  expect(bodies()[1]?.input).toEqual([
    { role: 'user', content: 'Hello.' },
    { type: 'function_call', call_id: 'call00001', name: 'add_task', arguments: '{"title":"milk"}' },
    { type: 'function_call_output', call_id: 'call00001', output: 'Still running.' },
    { role: 'assistant', content: '[interrupted by the caller here: nothing was heard]' },
    { role: 'user', content: 'Well?' },
  ])
})

test('a call counts whose arguments come only at its end', async () => {
  const short = CALLED.filter(one => !one.includes('.delta'))
  expect(callsOf(await opened(() => short).reply())[0]?.arguments).toBe('{"title":"milk"}')
})

test.each([
  ['server_error', true],
  ['rate_limit_exceeded', true],
  ['invalid_prompt', false],
  ['bio_policy', false],
])('a response that fails with %s: retryable is %s', async (code, retryable) => {
  const failed = [text('Hel'), event('response.failed', { response: { error: { code, message: 'No.' } } })]
  await expect(opened(() => failed).reply()).rejects.toMatchObject({
    name: 'ProviderError',
    provider: 'OpenAI',
    retryable,
  })
  const told = [text('Hel'), data({ type: 'error', code, message: 'No.', param: null }, 'error')]
  await expect(opened(() => told).reply()).rejects.toMatchObject({ retryable })
})

test('what is stopped without a word, and what breaks off, are errors', async () => {
  const filtered = [event('response.incomplete', { response: { incomplete_details: { reason: 'content_filter' } } })]
  await expect(opened(() => filtered).reply()).rejects.toMatchObject({ retryable: false, message: /content_filter/ })
  const cut = [
    text('Hello.'),
    event('response.incomplete', { response: { incomplete_details: { reason: 'max_output_tokens' } } }),
  ]
  expect(textOf(await opened(() => cut).reply())).toBe('Hello.')
  await expect(opened(() => SAID.slice(0, 3)).reply()).rejects.toMatchObject({ retryable: true, message: /broke off/ })
})

test('the vendor’s own client understands the stand-in, and a call without its result is refused', async () => {
  const profile = { ...profiles.fast, firstToken: { medianMs: 1, p95Ms: 1 }, tokensPerSecond: 5_000 }
  const standIn = await openOpenAiStandIn({ port: 0, profile, seed: 1, clock: systemClock })
  onTestFinished(() => standIn.close())
  const client = new OpenAI({ apiKey: 'key', baseURL: `${standIn.url}/v1`, maxRetries: 0, logLevel: 'off' })
  const wanted = {
    ...{ model: 'gpt-6-luna', instructions: 'You are the receptionist.', store: false },
    input: [{ role: 'user' as const, content: 'Book a table for four on Friday at seven.' }],
    tools: [{ type: 'function' as const, name: 'book', strict: false, parameters: { type: 'object', properties: {} } }],
  }
  const response = await client.responses.stream(wanted).finalResponse()
  expect(response.output).toMatchObject([{ type: 'function_call', name: 'book', status: 'completed' }])
  expect(response.usage?.total_tokens).toBeGreaterThan(0)
  const [call] = response.output
  if (call?.type !== 'function_call') throw new Error('no call')
  await expect(client.responses.create({ ...wanted, input: [...wanted.input, call] })).rejects.toThrow(
    /No tool output found for function call/,
  )
  const output = {
    type: 'function_call_output' as const,
    call_id: call.call_id,
    output: 'Booked: table for four, Friday.',
  }
  const after = await client.responses.create({ ...wanted, input: [...wanted.input, call, output] })
  expect(after.output_text).toContain('That is booked')
})
