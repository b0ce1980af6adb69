import { expect, test } from 'vitest'
import type { Message } from '../../../src/conversation/ports.ts'
import { geminiModel } from '../../../src/providers/gemini/model.ts'
import { modelAsked } from '../../../src/sandbox/gemini/model-rules.ts'
import { type Answer, asked, type Body, callsOf, data, HELLO, textOf, tokensOf } from './scripted-server.ts'

const USED = { promptTokenCount: 90, candidatesTokenCount: 4, thoughtsTokenCount: 6, cachedContentTokenCount: 50 }
const chunk = (parts: readonly object[], more: object = {}): string =>
  data({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], usageMetadata: USED })
const SAID = [
  chunk([{ text: 'Thinking.', thought: true }]),
  chunk([{ text: 'Hel' }]),
  chunk([{ text: 'lo.' }], { finishReason: 'STOP' }),
]
const call = (more: object = {}) => ({ functionCall: { name: 'add_task', args: { title: 'milk' }, ...more } })
const refused = (code: number, message: string, more: object = {}): Answer => ({
  ...{ status: code, body: JSON.stringify({ error: { code, message, status: 'INVALID_ARGUMENT', ...more } }) },
})
const opened = (answer: (body: Body, count: number) => Answer, model = 'gemini-3.5-flash-lite') =>
  asked(geminiModel, model, answer)
const thinkingOf = ({ generationConfig }: Body): unknown => Object(generationConfig).thinkingConfig

test('words come without thoughts, and thoughts are among the tokens', async () => {
  const { requests, reply } = opened(() => SAID)
  const deltas = await reply()
  expect(textOf(deltas)).toBe('Hello.')
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 90, output: 10, cached: 50 }])
  expect(requests[0]?.url).toBe(
    'https://vendor.example/v1beta/models/gemini-3.5-flash-lite:streamGenerateContent?alt=sse',
  )
  expect(requests[0]?.headers.get('x-goog-api-key')).toBe('key')
})

test('a model that cannot think so little is asked with the next level, and from then on so at once', async () => {
  const why = 'Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.'
  const { bodies, reply } = opened(
    body => (JSON.stringify(body).includes('MINIMAL') ? refused(400, why) : SAID),
    'gemini-4-argon',
  )
  await reply()
  await reply()
  expect(bodies().map(thinkingOf)).toEqual([
    ...[{ thinkingLevel: 'MINIMAL' }, { thinkingLevel: 'LOW' }, { thinkingLevel: 'LOW' }],
  ])
})

test('until 2.5 thinking has a budget', async () => {
  const why = 'Budget 0 is invalid. This model only works in thinking mode.'
  const { bodies, reply } = opened(
    body => (JSON.stringify(body).includes('"thinkingBudget":0') ? refused(400, why) : SAID),
    'gemini-2.5-pro',
  )
  await reply()
  expect(bodies().map(thinkingOf)).toEqual([{ thinkingBudget: 0 }, { thinkingBudget: 128 }])
})

test('the signature and the id of a call go back to the model that gave them, on the first of parallel calls', async () => {
  const both = [
    chunk([{ ...call({ id: 'f1' }), thoughtSignature: 'sig' }, call({ id: 'f2' })], { finishReason: 'STOP' }),
  ]
  const { bodies, reply } = opened((_, count) => (count === 1 ? both : SAID))
  const calls = callsOf(await reply())
  expect(calls.map(({ id }) => id)).toEqual(['f1', 'f2'])
  const history: readonly Message[] = [
    HELLO,
    ...calls.map(one => ({ role: 'tool', call: one, result: 'Added.' }) as const),
  ]
  await reply({ history })
  const other = opened(() => SAID, 'gemini-3.8-flash')
  await other.reply({ history })
  const modelPartsOf = (body: Body | undefined) => {
    const read = modelAsked(body, 'gemini-2.5-flash')
    if ('status' in read) throw new Error(JSON.stringify(read))
    return read.contents.flatMap(({ role, parts }) => (role === 'model' ? parts : []))
  }
  const wanted = { functionCall: { name: 'add_task', args: { title: 'milk' } } }
  const without = (body: Body | undefined) =>
    JSON.parse(JSON.stringify({ ...body, generationConfig: undefined })) as Body
  expect(modelPartsOf(without(bodies()[1]))).toEqual([
    { functionCall: { id: 'f1', ...wanted.functionCall }, thoughtSignature: 'sig' },
    { functionCall: { id: 'f2', ...wanted.functionCall } },
  ])
  // Another model knows neither: each call is a step of its own, and is marked as made elsewhere.
  const marked = { ...wanted, thoughtSignature: 'skip_thought_signature_validator' }
  expect(modelPartsOf(without(other.bodies()[0]))[0]).toEqual(marked)
  expect(modelAsked(other.bodies()[0], 'gemini-3.8-flash')).not.toHaveProperty('status')
})

test('signatures that the vendor does not take are left out', async () => {
  const { bodies, reply } = opened((body, count) => {
    if (count === 1) return [chunk([{ ...call(), thoughtSignature: 'sig' }], { finishReason: 'STOP' })]
    return JSON.stringify(body).includes('"sig"') ? refused(400, 'Corrupted thought signature.') : SAID
  })
  const [made] = callsOf(await reply())
  if (!made) throw new Error('no call')
  expect(textOf(await reply({ history: [HELLO, { role: 'tool', call: made, result: 'Added.' }] }))).toBe('Hello.')
  expect(bodies()).toHaveLength(3)
})

test('calls without ids get some that no other call of the conversation has', async () => {
  const { reply } = opened(() => [chunk([call(), call()], { finishReason: 'STOP' })])
  const ids = [...callsOf(await reply()), ...callsOf(await reply())].map(({ id }) => id)
  expect(new Set(ids).size).toBe(4)
})

test.each([
  ['MALFORMED_FUNCTION_CALL', true],
  ['UNEXPECTED_TOOL_CALL', true],
  ['SAFETY', false],
  ['PROHIBITED_CONTENT', false],
])('an answer that is stopped by %s without a word: retryable is %s', async (finishReason, retryable) => {
  await expect(opened(() => [chunk([], { finishReason })]).reply()).rejects.toMatchObject({
    ...{ name: 'ProviderError', provider: 'Gemini', retryable, message: expect.stringContaining(finishReason) },
  })
})

test('a blocked prompt, an error in the stream, and an end without a reason are told', async () => {
  const blocked = [data({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: USED })]
  await expect(opened(() => blocked).reply()).rejects.toMatchObject({ retryable: false, message: /blocked: SAFETY/ })
  const failed = [
    SAID[1] ?? '',
    data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }),
  ]
  await expect(opened(() => failed).reply()).rejects.toMatchObject({ retryable: true, message: /503 .*overloaded/ })
  await expect(opened(() => SAID.slice(0, 2)).reply()).rejects.toMatchObject({ retryable: true, message: /broke off/ })
})

test('a quota of a minute passes, one of a day does not', async () => {
  const quota = (quotaId: string) =>
    refused(429, 'You exceeded your current quota.', { details: [{ violations: [{ quotaId }] }] })
  const perMinute = opened(() => quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'))
  await expect(perMinute.reply()).rejects.toMatchObject({ retryable: true })
  const perDay = opened(() => quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'))
  await expect(perDay.reply()).rejects.toMatchObject({ retryable: false })
})
