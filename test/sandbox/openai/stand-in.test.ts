import type { FastifyInstance } from 'fastify'
import OpenAI from 'openai'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { openOpenAiStandIn } from '../../../src/sandbox/openai/stand-in.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const QUICK: DelayProfile = { ...profiles.fast, firstToken: { medianMs: 5, p95Ms: 5 }, tokensPerSecond: 5_000 }
const TOOLS = ['look_up', 'book'].map(name => ({
  type: 'function' as const,
  function: { name, description: '', parameters: { type: 'object', properties: {} } },
}))

async function standIn(faults: readonly Fault[] = [], profile = QUICK): Promise<{ url: string; client: OpenAI }> {
  const opened = await openOpenAiStandIn({ port: 0, profile, seed: 1, clock: systemClock, faults })
  onTestFinished(() => opened.close())
  return {
    url: opened.url,
    client: new OpenAI({ apiKey: 'sandbox', baseURL: `${opened.url}/v1`, maxRetries: 0, logLevel: 'off' }),
  }
}

const asked = (said: string) => ({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system' as const, content: 'You are the receptionist.' },
    { role: 'user' as const, content: said },
  ],
  tools: TOOLS,
})
const stream = (client: OpenAI, said: string, signal?: AbortSignal) =>
  client.chat.completions.create(
    { ...asked(said), stream: true, stream_options: { include_usage: true } },
    { ...(signal && { signal }) },
  )

test('text streams in pieces and ends with its finish reason and the token usage', async () => {
  const { client } = await standIn()
  const pieces: string[] = []
  const reasons: unknown[] = []
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of await stream(client, 'Where are you?')) {
    expect(chunk.object).toBe('chat.completion.chunk')
    const [choice] = chunk.choices
    if (choice?.delta.content) pieces.push(choice.delta.content)
    if (choice?.finish_reason) reasons.push(choice.finish_reason)
    if (!choice) usage = chunk.usage
  }
  expect(pieces.join('')).toBe('We are at twelve Harbor Street, right beside the old lighthouse.')
  expect(pieces.length).toBeGreaterThan(10)
  expect(reasons).toEqual(['stop'])
  expect(usage).toMatchObject({ completion_tokens: pieces.length, prompt_tokens_details: { cached_tokens: 0 } })
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + pieces.length)
})

test('a tool call streams its name first, then its arguments in pieces', async () => {
  const { client } = await standIn()
  const names: unknown[] = []
  const pieces: string[] = []
  const reasons: unknown[] = []
  for await (const { choices } of await stream(client, 'Book a table for four on Friday at seven.')) {
    for (const call of choices[0]?.delta.tool_calls ?? []) {
      if (call.function?.name) names.push([call.id?.startsWith('call_'), call.function.name])
      pieces.push(call.function?.arguments ?? '')
    }
    if (choices[0]?.finish_reason) reasons.push(choices[0].finish_reason)
  }
  expect(names).toEqual([[true, 'book']])
  expect(JSON.parse(pieces.join(''))).toEqual({ action: 'make', what: 'table for four', when: 'Friday at seven' })
  expect(reasons).toEqual(['tool_calls'])
})

test('a tool result is said', async () => {
  const { client } = await standIn()
  const call = { id: 'call_1', type: 'function' as const, function: { name: 'book', arguments: '{}' } }
  const completion = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [
      ...asked('Book a table for two on Friday.').messages,
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'Booked: table for two, Friday.' },
    ],
  })
  expect(completion.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: expect.stringContaining('table for two, Friday') },
  })
  expect(completion.usage?.completion_tokens).toBeGreaterThan(5)
})

test('the models are listed', async () => {
  const { client } = await standIn()
  expect((await client.models.list()).data.map(({ id }) => id)).toContain('gpt-4o-mini')
})

test('a long prompt is partly cached', async () => {
  const { client } = await standIn()
  const { usage } = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'You are patient. '.repeat(400) },
      { role: 'user', content: 'Where are you?' },
    ],
  })
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0
  expect(cached).toBeGreaterThanOrEqual(1_024)
  expect(cached % 128).toBe(0)
  expect(cached).toBeLessThanOrEqual(usage?.prompt_tokens ?? 0)
})

test('a request without a key is refused as OpenAI does', async () => {
  const { url } = await standIn()
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST' })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_api_key' } })
})

test('an invalid request is refused', async () => {
  const { client } = await standIn()
  await expect(client.chat.completions.create({ model: 'gpt-4o-mini', messages: [] })).rejects.toThrow(
    OpenAI.BadRequestError,
  )
})

test.each([
  [429, OpenAI.RateLimitError],
  [500, OpenAI.InternalServerError],
])('status %i refuses one request, and the next is answered', async (status, error) => {
  const { client } = await standIn([{ kind: 'status', status }])
  await expect(stream(client, 'Hello.')).rejects.toThrow(error)
  await expect(client.chat.completions.create(asked('Hello.'))).resolves.toHaveProperty('object', 'chat.completion')
})

test('a stalled answer ends when the client disconnects, and the next one works', async () => {
  const { client } = await standIn([{ kind: 'stall', afterMessages: 3 }])
  const leaving = new AbortController()
  let chunks = 0
  for await (const _ of await stream(client, 'Where are you?', leaving.signal)) if (++chunks === 3) leaving.abort()
  expect(chunks).toBe(3)
  await expect(client.chat.completions.create(asked('Hello.'))).resolves.toHaveProperty('object', 'chat.completion')
})

test('a client that disconnects before the first token gets no chunk', async () => {
  const { client } = await standIn([], { ...QUICK, firstToken: { medianMs: 60_000, p95Ms: 60_000 } })
  const leaving = new AbortController()
  const answer = await stream(client, 'Where are you?', leaving.signal)
  leaving.abort()
  let chunks = 0
  for await (const _ of answer) chunks++
  expect(chunks).toBe(0)
})

test('a malformed chunk breaks the stream', async () => {
  const { client } = await standIn([{ kind: 'malformed', afterMessages: 2 }])
  const read = async (): Promise<void> => {
    for await (const _ of await stream(client, 'Where are you?'));
  }
  await expect(read()).rejects.toThrow(SyntaxError)
})

test('a dropped connection breaks the stream, and the stand-in continues to serve', async () => {
  const { client } = await standIn([{ kind: 'drop', afterMessages: 2 }])
  const read = async (): Promise<void> => {
    for await (const _ of await stream(client, 'Where are you?'));
  }
  await expect(read()).rejects.toThrow('terminated')
  await expect(read()).resolves.toBeUndefined()
})

test('tokens come at the pace of the profile', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network } = time
  const profile = { ...QUICK, firstToken: { medianMs: 50, p95Ms: 50 }, tokensPerSecond: 200 }
  const serve = (app: FastifyInstance) => network.serve('openai', app)
  const { url } = await openOpenAiStandIn({ serve, profile, seed: 1, clock })
  const client = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0, fetch: network.fetch })
  const startMs = clock.now()
  const times: number[] = []
  async function read(): Promise<void> {
    for await (const { choices } of await stream(client, 'Where are you?'))
      if (choices[0]?.delta.content) times.push(clock.now() - startMs)
  }
  await time.passing(read())
  expect(times.length).toBeGreaterThan(3)
  expect(times).toEqual(times.map((_, i) => expect.closeTo(50 + i * 5)))
})
