import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock, Delta, Message, Prompt } from '../../src/conversation/ports.ts'
import { openAi } from '../../src/providers/openai.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

const QUICK: DelayProfile = { ...profiles.fast, firstToken: { medianMs: 5, p95Ms: 5 }, tokensPerSecond: 5_000 }
const LOOK_UP = { name: 'look_up', description: 'Looks up.', parameters: { type: 'object' }, changes: false }
const ADDRESS = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const asks = (text: string, more: Partial<Prompt> = {}): Prompt => ({
  instructions: 'Be brief.',
  history: [{ role: 'caller', text }],
  tools: [],
  ...more,
})

async function standIn(faults: readonly Fault[] = []): Promise<string> {
  const opened = await openOpenAiStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults })
  onTestFinished(() => opened.close())
  return opened.url
}

/** A server for one test. */
async function service(answer: (asked: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const model = (url: string, clock: Clock = systemClock) =>
  openAi({ apiKey: 'key', baseUrl: `${url}/v1`, model: 'gpt-4o-mini' }, clock)

async function all(deltas: AsyncIterable<Delta>): Promise<readonly Delta[]> {
  return Array.fromAsync(deltas)
}

const forever = (): AbortSignal => new AbortController().signal
const textOf = (deltas: readonly Delta[]): string =>
  deltas.flatMap(delta => (delta.kind === 'text' ? [delta.text] : [])).join('')
const fails = (retryable: boolean) => expect.objectContaining({ name: 'ProviderError', provider: 'OpenAI', retryable })
const event = (choice: object, more: object = {}): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }], ...more })}\n\n`

function streams(response: ServerResponse, ...events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const text of events) response.write(text)
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of asked) body += part
  return body
}

test('text arrives in pieces, followed by the tokens used', async () => {
  const deltas = await all(model(await standIn()).reply(asks('Where are you?'), forever()))
  expect(textOf(deltas)).toBe(ADDRESS)
  expect(deltas.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(5)
  expect(deltas.filter(({ kind }) => kind === 'tokens')).toEqual([
    { kind: 'tokens', input: expect.any(Number), output: expect.any(Number), cached: 0 },
  ])
})

test('a tool call arrives complete', async () => {
  const asked = asks('Do you have a table for two on Friday?', { tools: [LOOK_UP] })
  const deltas = await all(model(await standIn()).reply(asked, forever()))
  const [call] = deltas.flatMap(delta => (delta.kind === 'tool-call' ? [delta.call] : []))
  expect(call?.name).toBe('look_up')
  expect(JSON.parse(call?.arguments ?? '')).toEqual({ subject: 'Do you have a table for two on Friday?' })
})

test('interleaved tool calls are separated', async () => {
  const part = (index: number, more: object) => event({ delta: { tool_calls: [{ index, ...more }] } })
  const url = await service((_, response) => {
    streams(
      response,
      part(0, { id: 'a', function: { name: 'look_up', arguments: '' } }),
      part(1, { id: 'b', function: { name: 'book', arguments: '{"x"' } }),
      part(0, { function: { arguments: '{"y":1}' } }),
      part(1, { function: { arguments: ':2}' } }),
      event({ delta: {}, finish_reason: 'tool_calls' }),
    )
    response.end('data: [DONE]\n\n')
  })
  const deltas = await all(model(url).reply(asks('Hi'), forever()))
  // While the arguments come, there is a sign of life for each piece.
  expect(deltas.slice(0, 4)).toEqual(Array(4).fill({ kind: 'writing' }))
  expect(deltas.slice(4)).toEqual([
    { kind: 'tool-call', call: { id: 'a', name: 'look_up', arguments: '{"y":1}' } },
    { kind: 'tool-call', call: { id: 'b', name: 'book', arguments: '{"x":2}' } },
  ])
})

test('the history is sent in the service’s format: tools after the text, their arguments always JSON', async () => {
  const bodies: string[] = []
  const url = await service(async (asked, response) => {
    bodies.push(await bodyOf(asked))
    streams(response, event({ delta: { content: 'Yes.' }, finish_reason: 'stop' }))
    response.end('data: [DONE]\n\n')
  })
  const tool = (id: string, args: string, result: string | undefined): Message => ({
    role: 'tool',
    call: { id, name: 'book', arguments: args },
    result,
  })
  const history: readonly Message[] = [
    { role: 'agent', text: 'Hello.', interrupted: false },
    { role: 'caller', text: 'Book a table.' },
    { role: 'agent', text: 'One', interrupted: true },
    tool('a', '{"day":"Friday"}', 'Booked.'),
    tool('b', '{"day":', undefined),
    { role: 'caller', text: 'And?' },
  ]
  await all(model(url).reply(asks('', { history, tools: [LOOK_UP] }), forever()))
  const { messages, tools, stream_options, max_completion_tokens } = JSON.parse(bodies[0] ?? '')
  expect(max_completion_tokens).toBe(1_000)
  expect(stream_options).toEqual({ include_usage: true })
  expect(tools).toEqual([
    { type: 'function', function: { name: 'look_up', description: 'Looks up.', parameters: { type: 'object' } } },
  ])
  expect(messages.map(({ role }: { role: string }) => role).join(' ')).toBe(
    'system user assistant user assistant tool assistant tool assistant user',
  )
  expect(messages[4].content).toMatch(/^One .*interrupted/)
  expect(messages[5]).toEqual({ role: 'tool', tool_call_id: 'call00001', content: 'Booked.' })
  const callOf = (index: number) => messages[index].tool_calls[0]
  expect([callOf(4).id, callOf(6).id]).toEqual(['call00001', 'call00002'])
  expect(JSON.parse(callOf(4).function.arguments)).toEqual({ day: 'Friday' })
  expect(JSON.parse(callOf(6).function.arguments)).toEqual({ malformed: '{"day":' })
  expect(messages[7].content).not.toBe('')
})

test('the stand-in accepts a history with a tool', async () => {
  const history: readonly Message[] = [
    { role: 'caller', text: 'Do you have a table?' },
    { role: 'tool', call: { id: 'a', name: 'look_up', arguments: '{}' }, result: 'Two tables are free.' },
  ]
  const deltas = await all(model(await standIn()).reply(asks('', { history, tools: [LOOK_UP] }), forever()))
  expect(textOf(deltas)).toContain('Two tables are free.')
})

test.each([
  ['multi_tool_use.parallel', 'a'],
  ['functions.look_up', 'a'],
  ['', 'a'],
  ['look_up', ''],
  ['look_up', `chatcmpl-tool-${'0'.repeat(32)}`],
])(
  'the stand-in, which is as strict as the API, accepts a history with the invented name %j and id %j',
  async (name, id) => {
    const call = { id, name, arguments: '{"day":' }
    const history: readonly Message[] = [
      { role: 'caller', text: 'Do you have a table?' },
      { role: 'tool', call, result: 'There is no tool of that name.' },
      { role: 'tool', call, result: undefined },
      { role: 'caller', text: 'Where are you?' },
    ]
    expect(textOf(await all(model(await standIn()).reply(asks('', { history, tools: [LOOK_UP] }), forever())))).toBe(
      ADDRESS,
    )
  },
)

test.each([
  { status: 400, retryable: false },
  { status: 401, retryable: false },
  { status: 429, retryable: true },
  { status: 500, retryable: true },
  { status: 503, retryable: true },
])('status $status: retryable is $retryable, and it is not tried again', async ({ status, retryable }) => {
  const url = await standIn([{ kind: 'status', status }])
  const reply = model(url)
  await expect(all(reply.reply(asks('Hi'), forever()))).rejects.toEqual(fails(retryable))
  expect(textOf(await all(reply.reply(asks('Where are you?'), forever())))).toBe(ADDRESS)
})

test('an exhausted quota is not retryable', async () => {
  const url = await service((_, response) => {
    response.writeHead(429, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"no more","type":"insufficient_quota","code":"insufficient_quota"}}')
  })
  await expect(all(model(url).reply(asks('Hi'), forever()))).rejects.toEqual(fails(false))
})

test.each([
  ['a chunk that is not JSON', { kind: 'malformed' }],
  ['a chunk in the middle that is not JSON', { kind: 'malformed', afterMessages: 3 }],
  ['a connection reset before the first token', { kind: 'drop' }],
  ['a connection reset in the middle', { kind: 'drop', afterMessages: 4 }],
] as const)('%s is an error that may be retried', async (_, fault) => {
  const url = await standIn([fault])
  await expect(all(model(url).reply(asks('Where are you?'), forever()))).rejects.toEqual(fails(true))
})

test('a stream that ends without a finish reason is an error', async () => {
  const url = await service((_, response) => {
    streams(response, event({ delta: { content: 'We are ' } }))
    response.end()
  })
  const seen: Delta[] = []
  async function read(): Promise<void> {
    for await (const delta of model(url).reply(asks('Hi'), forever())) seen.push(delta)
  }
  await expect(read()).rejects.toEqual(fails(true))
  expect(seen).toEqual([{ kind: 'text', text: 'We are ' }])
})

test('[DONE] ends an answer that has no finish reason, and a hang after the last token does not lose it', async () => {
  const done = await service((_, response) => {
    streams(response, event({ delta: { content: 'We are open.' } }))
    response.end('data: [DONE]')
  })
  expect(textOf(await all(model(done).reply(asks('Hi'), forever())))).toBe('We are open.')
  const hanging = await service((_, response) =>
    streams(response, event({ delta: { content: 'We are open.' }, finish_reason: 'stop' })),
  )
  // It has all the time for the first token, and none for the next.
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms === 3_000 ? 0 : ms, signal) }
  expect(textOf(await all(model(hanging, clock).reply(asks('Hi'), forever())))).toBe('We are open.')
})

test('an error event in the stream is an error', async () => {
  const url = await service((_, response) => {
    streams(response, event({ delta: { content: 'We ' } }), 'data: {"error":{"message":"overloaded"}}\n\n')
    response.end()
  })
  await expect(all(model(url).reply(asks('Hi'), forever()))).rejects.toEqual(fails(true))
})

test('a refusal is text too', async () => {
  const url = await service((_, response) => {
    streams(response, event({ delta: { refusal: 'I cannot.' }, finish_reason: 'stop' }))
    response.end('data: [DONE]\n\n')
  })
  expect(textOf(await all(model(url).reply(asks('Hi'), forever())))).toBe('I cannot.')
})

test.each([
  ['never answers', () => undefined],
  ['sends headers and nothing more', (response: ServerResponse) => streams(response, ': waiting\n\n')],
  ['stops in the middle', (response: ServerResponse) => streams(response, event({ delta: { content: 'We are ' } }))],
] as const)('a service that %s is an error, and its connection is closed', async (_, answer) => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    answer(response)
  })
  const lifetime = new AbortController()
  const asking = all(model(url, hastyClock(100)).reply(asks('Hi'), lifetime.signal))
  await expect(asking).rejects.toEqual(fails(true))
  await gone.promise
  expect(getEventListeners(lifetime.signal, 'abort')).toEqual([])
})

test('an abort in the middle closes the connection at once and settles', async () => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    streams(response, event({ delta: { content: 'We are ' } }))
  })
  const lifetime = new AbortController()
  const deltas = model(url).reply(asks('Hi'), lifetime.signal)[Symbol.asyncIterator]()
  expect((await deltas.next()).value).toEqual({ kind: 'text', text: 'We are ' })
  const next = deltas.next().catch(() => 'settled')
  lifetime.abort(new Error('barge-in'))
  expect(await next).toBe('settled')
  await gone.promise
  expect(getEventListeners(lifetime.signal, 'abort')).toEqual([])
})

test('a reader that stops early closes the connection', async () => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    streams(response, event({ delta: { content: 'We are ' } }))
  })
  for await (const _ of model(url).reply(asks('Hi'), forever())) break
  await gone.promise
})

test('two simultaneous replies do not mix', async () => {
  const reply = model(await standIn())
  const [address, parking] = await Promise.all(
    ['Where are you?', 'Do you have parking?'].map(text => all(reply.reply(asks(text), forever()))),
  )
  expect(textOf(address ?? [])).toBe(ADDRESS)
  expect(textOf(parking ?? [])).toContain('park for free')
})

test('the request limits the tokens of the answer', async () => {
  const asked = Promise.withResolvers<string>()
  const url = await service(async (request, response) => {
    asked.resolve(await bodyOf(request))
    streams(response, event({ delta: { content: 'Yes.' }, finish_reason: 'stop' }))
    response.end('data: [DONE]\n\n')
  })
  await all(model(url).reply(asks('Hello?'), forever()))
  expect(JSON.parse(await asked.promise)).toMatchObject({ max_completion_tokens: expect.any(Number) })
})

test('half a megabyte in one delta is passed on', async () => {
  const text = 'well '.repeat(100_000)
  const url = await service((_, response) => {
    streams(response, event({ delta: { content: text }, finish_reason: 'stop' }))
    response.end('data: [DONE]\n\n')
  })
  expect(textOf(await all(model(url).reply(asks('Hello?'), forever())))).toBe(text)
})

test.each<[string, (response: ServerResponse) => void]>([
  ['an event without an end', response => response.write(`data: ${'a'.repeat(2_000_000)}`)],
  ['one event of megabytes', response => response.write(event({ delta: { content: 'a'.repeat(5_000_000) } }))],
  [
    'events without an end',
    response => {
      const many = event({ delta: { content: 'a'.repeat(500) } }).repeat(100)
      for (let i = 0; i < 100; i++) response.write(many)
    },
  ],
  [
    'arguments without an end',
    response => {
      const part = { tool_calls: [{ index: 0, id: 'a', function: { name: 'look_up', arguments: 'a'.repeat(1_000) } }] }
      for (let i = 0; i < 100; i++) response.write(event({ delta: part }))
    },
  ],
])('%s is an error, and the request is given up', async (_, write) => {
  const closed = Promise.withResolvers<void>()
  const url = await service((_, response) => {
    response.on('close', () => closed.resolve())
    streams(response)
    write(response)
  })
  await expect(all(model(url).reply(asks('Hello?'), forever()))).rejects.toEqual(fails(true))
  await closed.promise
})

test('an error page of megabytes leaves a short message', async () => {
  const url = await service((_, response) => {
    response.writeHead(500, { 'content-type': 'text/html' })
    response.end('<p>error</p>'.repeat(100_000))
  })
  const error: unknown = await all(model(url).reply(asks('Hello?'), forever())).catch(thrown => thrown)
  expect(error).toEqual(fails(true))
  expect(String(error).length).toBeLessThan(600)
})

test('the server is told of the call’s trace where there is one, and of nothing else', async () => {
  const told: unknown[] = []
  const bodies: string[] = []
  const url = await service(async (asked, response) => {
    told.push(asked.headers.traceparent)
    bodies.push(await bodyOf(asked))
    streams(response, event({ delta: { content: 'Yes.' }, finish_reason: 'stop' }), 'data: [DONE]\n\n')
    response.end()
  })
  const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
  await all(model(url).reply(asks('Is it open?', { traceparent }), forever()))
  await all(model(url).reply(asks('Is it open?'), forever()))
  expect(told).toEqual([traceparent, undefined])
  expect(bodies[0]).toBe(bodies[1])
})
