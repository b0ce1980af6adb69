import { expect, test } from 'vitest'
import type { Message } from '../../../src/conversation/ports.ts'
import { anthropic } from '../../../src/providers/anthropic/anthropic.ts'
import { messagesAsked } from '../../../src/sandbox/anthropic/request-rules.ts'
import { type Answer, asked, type Body, callsOf, data, HELLO, textOf, tokensOf } from './scripted-server.ts'

const event = (type: string, more: object = {}): string => data({ type, ...more }, type)
const START = event('message_start', {
  message: {
    usage: { input_tokens: 3, cache_creation_input_tokens: 40, cache_read_input_tokens: 1_000, output_tokens: 1 },
  },
})
const begun = (index: number, content_block: object): string => event('content_block_start', { index, content_block })
const delta = (index: number, more: object): string => event('content_block_delta', { index, delta: more })
const stopped = (stop_reason: string, more: object = {}): string =>
  event('message_delta', { delta: { stop_reason, stop_sequence: null, ...more }, usage: { output_tokens: 7 } }) +
  event('message_stop')
const SAID = [
  ...[START, event('ping'), begun(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hello.' })],
  ...[event('content_block_stop', { index: 0 }), stopped('end_turn')],
]
const CALLED = [
  ...[START, begun(0, { type: 'thinking', thinking: '', signature: '' })],
  ...[
    delta(0, { type: 'thinking_delta', thinking: 'Milk it is.' }),
    delta(0, { type: 'signature_delta', signature: 'sig' }),
  ],
  begun(1, { type: 'tool_use', id: 'toolu_1', name: 'add_task', input: {} }),
  ...[
    delta(1, { type: 'input_json_delta', partial_json: '{"title":' }),
    delta(1, { type: 'input_json_delta', partial_json: '"milk"}' }),
  ],
  stopped('tool_use'),
]
const refused = (status: number, type: string, message: string): Answer => ({
  ...{ status, body: JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }) },
})
const opened = (answer: (body: Body, count: number) => Answer, model = 'claude-haiku-5-5') =>
  asked(anthropic, model, answer)

test('the request has the version, the key, no temperature, and marks for the cache', async () => {
  const { requests, reply } = opened(() => SAID)
  await reply()
  const [request] = requests
  expect(request?.url).toBe('https://vendor.example/v1/messages')
  expect(request?.headers.get('anthropic-version')).toBe('2026-10-21')
  expect(request?.headers.get('x-api-key')).toBe('key')
  expect(request?.body).toEqual({
    ...{ model: 'claude-haiku-5-5', max_tokens: 1_000, stream: true, thinking: { type: 'disabled' } },
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello.', cache_control: { type: 'ephemeral' } }] }],
    tools: [expect.objectContaining({ name: 'add_task', input_schema: expect.objectContaining({ type: 'object' }) })],
  })
})

test('what the cache read and wrote is among the input', async () => {
  const deltas = await opened(() => SAID).reply()
  expect(textOf(deltas)).toBe('Hello.')
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 1_043, output: 7, cached: 1_000 }])
})

test.each([
  ['claude-haiku-5-5', { type: 'disabled' }],
  ['claude-haiku-4-5-20251001', { type: 'disabled' }],
  ['claude-sonnet-5-5', { type: 'between_tools' }],
  ['claude-opus-5-5', { type: 'adaptive' }],
  ['claude-fable-5-1', { type: 'adaptive' }],
])('%s is asked at once with the least thinking that it takes', async (model, thinking) => {
  const { bodies, reply } = opened(() => SAID, model)
  await reply()
  expect(bodies()).toEqual([expect.objectContaining({ thinking })])
})

test('a model of which nothing is known is asked again as it says, and from then on so at once', async () => {
  const why =
    '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
  const { bodies, reply } = opened(
    body => (JSON.stringify(body.thinking).includes('disabled') ? refused(400, 'invalid_request_error', why) : SAID),
    'claude-nova-9',
  )
  expect(textOf(await reply())).toBe('Hello.')
  expect(textOf(await reply())).toBe('Hello.')
  expect(bodies().map(({ thinking }) => thinking)).toEqual([
    ...[{ type: 'disabled' }, { type: 'adaptive' }, { type: 'adaptive' }],
  ])
  expect(bodies()[1]).toMatchObject({ output_config: { effort: 'low' }, max_tokens: 4_000 })
})

test('thoughts go back with the call that they led to, within the turn, and to the same model alone', async () => {
  const { bodies, reply } = opened((_, count) => (count === 1 ? CALLED : SAID), 'claude-opus-5-5')
  const [call] = callsOf(await reply())
  expect(call).toMatchObject({ id: 'toolu_1', name: 'add_task', arguments: '{"title":"milk"}' })
  if (!call) throw new Error('no call')
  const history: readonly Message[] = [HELLO, { role: 'tool', call, result: 'Added.' }]
  await reply({ history })
  await reply({ history: [...history, { role: 'agent', text: 'Done.', interrupted: false }, HELLO] })
  const other = opened(() => SAID, 'claude-fable-5-1')
  await other.reply({ history })
  const typesIn = (body: Body | undefined): readonly unknown[] => {
    const read = messagesAsked(body, () => true)
    if ('status' in read) throw new Error(JSON.stringify(read))
    return read.messages.map(({ content }) => content.map(({ type }) => type).join(' '))
  }
  expect(typesIn(bodies()[1])).toEqual(['text', 'thinking tool_use', 'tool_result'])
  expect(typesIn(bodies()[2])).toEqual(['text', 'tool_use', 'tool_result', 'text', 'text'])
  expect(typesIn(other.bodies()[0])).toEqual(['text', 'tool_use', 'tool_result'])
})

test('thoughts that the vendor does not take back are left out', async () => {
  const wrong = refused(400, 'invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block')
  const { bodies, reply } = opened(
    (body, count) => (count === 1 ? CALLED : JSON.stringify(body).includes('"signature"') ? wrong : SAID),
    'claude-opus-5-5',
  )
  const [call] = callsOf(await reply())
  if (!call) throw new Error('no call')
  expect(textOf(await reply({ history: [HELLO, { role: 'tool', call, result: 'Added.' }] }))).toBe('Hello.')
  expect(bodies()).toHaveLength(3)
})

test('arguments that come whole with their block count, and none are an object', async () => {
  const whole = [
    START,
    begun(0, { type: 'tool_use', id: 'a', name: 'add_task', input: { title: 'milk' } }),
    stopped('tool_use'),
  ]
  const none = [START, begun(0, { type: 'tool_use', id: 'a', name: 'add_task', input: {} }), stopped('tool_use')]
  expect(callsOf(await opened(() => whole).reply())[0]?.arguments).toBe('{"title":"milk"}')
  expect(callsOf(await opened(() => none).reply())[0]?.arguments).toBe('{}')
})

test.each([
  ['overloaded_error', true],
  ['rate_limit_error', true],
  ['api_error', true],
  ['billing_error', false],
  ['invalid_request_error', false],
])('a stream that ends with %s: retryable is %s', async (type, retryable) => {
  const broken = [...SAID.slice(0, 4), data({ type: 'error', error: { type, message: 'No.' } }, 'error')]
  await expect(opened(() => broken).reply()).rejects.toMatchObject({
    name: 'ProviderError',
    provider: 'Anthropic',
    retryable,
  })
})

test.each([
  [529, 'overloaded_error', true],
  [429, 'rate_limit_error', true],
  [400, 'invalid_request_error', false],
  [402, 'billing_error', false],
  [404, 'not_found_error', false],
])('a refusal with %s (%s): retryable is %s, and the vendor’s words are told', async (status, type, retryable) => {
  const { requests, reply } = opened(() => refused(status, type, 'Your credit balance is too low.'))
  await expect(reply()).rejects.toMatchObject({
    ...{ retryable, message: `Anthropic: ${status} Your credit balance is too low.` },
  })
  expect(requests).toHaveLength(1)
})

test('a refusal of the model without a word is an error, after words it is their end', async () => {
  const details = { stop_details: { type: 'refusal', category: 'cyber', explanation: null } }
  const silent = [START, stopped('refusal', details)]
  await expect(opened(() => silent).reply()).rejects.toMatchObject({ retryable: false, message: /refusal \(cyber\)/ })
  const spoken = [...SAID.slice(0, 5), stopped('refusal', details)]
  expect(textOf(await opened(() => spoken).reply())).toBe('Hello.')
})

test('a stream that is cut is an error, but not after its reason to stop', async () => {
  await expect(opened(() => SAID.slice(0, 4)).reply()).rejects.toMatchObject({ retryable: true, message: /broke off/ })
  const [end = ''] = SAID.slice(-1)
  const withoutEnd = [...SAID.slice(0, -1), end.slice(0, end.indexOf('event: message_stop'))]
  expect(textOf(await opened(() => withoutEnd).reply())).toBe('Hello.')
})
