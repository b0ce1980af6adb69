import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Delta, Message } from '../../../src/conversation/ports.ts'
import { openAi } from '../../../src/providers/openai.ts'

interface Asked {
  readonly messages: readonly { readonly role: string; readonly tool_calls?: readonly Record<string, unknown>[] }[]
  readonly [option: string]: unknown
}
/** Pieces of the body are sent apart. With a status it is JSON instead of a stream. */
type Answer = readonly (string | Uint8Array)[] | { readonly status: number; readonly body: string }

const TOOL = { name: 'add_task', description: 'Adds a task.', parameters: { type: 'object' }, changes: true }
const MILK = '{"title":"buy milk"}'
const MOM = '{"title":"call mom"}'
const forever = new AbortController().signal

/** A server that keeps what it was asked, and answers by `answer`. */
async function server(answer: (asked: Asked) => Answer) {
  const asked: Asked[] = []
  const http = createServer(async (request, response) => {
    const body: Asked = JSON.parse(Buffer.concat(await request.toArray()).toString())
    asked.push(body)
    const given = answer(body)
    if ('status' in given) {
      response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of given) {
      response.write(piece)
      await new Promise(setImmediate)
    }
    response.end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void http.close())
  await once(http, 'listening')
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const model = openAi({ apiKey: 'key', baseUrl: `http://127.0.0.1:${port}/v1`, model: 'm' }, systemClock)
  const reply = (history: readonly Message[] = [{ role: 'caller', text: 'Add milk.' }]): Promise<readonly Delta[]> =>
    Array.fromAsync(model.reply({ instructions: 'Be brief.', history, tools: [TOOL] }, forever))
  return { asked, reply }
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  data({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more })
const DONE = 'data: [DONE]\n\n'
const textOf = (deltas: readonly Delta[]): string =>
  deltas.map(delta => (delta.kind === 'text' ? delta.text : '')).join('')
const callsOf = (deltas: readonly Delta[]) =>
  deltas.flatMap(delta => (delta.kind === 'tool-call' ? [[delta.call.name, delta.call.arguments]] : []))
const tokensOf = (deltas: readonly Delta[]) => deltas.filter(({ kind }) => kind === 'tokens')
const fails = (retryable: boolean, message: string) =>
  expect.objectContaining({ name: 'ProviderError', retryable, message: expect.stringContaining(message) })

test('Ollama: every parallel call has index 0, every chunk a role, and an error is a text', async () => {
  const call = (id: string, args: string) => ({
    id,
    index: 0,
    type: 'function',
    function: { name: 'add_task', arguments: args },
  })
  const ollama = await server(() => [
    chunk({ role: 'assistant', content: '', tool_calls: [call('call_1', MILK)] }),
    chunk({ role: 'assistant', content: '', tool_calls: [call('call_2', MOM)] }),
    chunk({ role: 'assistant', content: '' }, 'tool_calls'),
    data({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }),
    DONE,
  ])
  const deltas = await ollama.reply()
  expect(callsOf(deltas)).toEqual([
    ['add_task', MILK],
    ['add_task', MOM],
  ])
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 9, output: 4, cached: 0 }])
  const missing = await server(() => ({
    status: 404,
    body: '{"error":"model \\"m\\" not found, try pulling it first"}',
  }))
  await expect(missing.reply()).rejects.toEqual(fails(false, 'not found, try pulling it first'))
})

test('vLLM: null where nothing is, tokens with every chunk, and an error in the stream', async () => {
  const use = (count: number) => ({ usage: { prompt_tokens: 50, completion_tokens: count, total_tokens: 50 + count } })
  const vllm = await server(() => [
    chunk({ role: 'assistant', content: '', reasoning_content: null }, null, use(0)),
    chunk({ reasoning_content: 'The caller wants milk.' }, null, use(1)),
    chunk({ reasoning: 'Still thinking.', content: null }, null, use(2)),
    chunk(
      {
        content: null,
        tool_calls: [{ id: 'chatcmpl-tool-1', type: 'function', index: 0, function: { name: 'add_task' } }],
      },
      null,
      use(3),
    ),
    chunk(
      { tool_calls: [{ id: null, type: null, index: 0, function: { name: null, arguments: '{"title":' } }] },
      null,
      use(4),
    ),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '"buy milk"}' } }] }, null, use(5)),
    chunk({ content: '' }, 'stop', use(5)),
    DONE,
  ])
  const deltas = await vllm.reply()
  expect(callsOf(deltas)).toEqual([['add_task', MILK]])
  expect(textOf(deltas)).toBe('')
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 50, output: 5, cached: 0 }])
  const failing = await server(() => [
    chunk({ content: 'We ' }),
    data({ object: 'error', message: 'CUDA out of memory', type: 'InternalServerError', code: 500 }),
    DONE,
  ])
  await expect(failing.reply()).rejects.toEqual(fails(true, 'CUDA out of memory'))
})

test('vLLM without a tool parser: the call comes as text', async () => {
  const vllm = await server(() => [
    ...['<tool', '_call>\n{"name": "add_task", ', '"arguments": {"title": "buy milk"}}\n</tool_call>'].map(content =>
      chunk({ content }),
    ),
    chunk({}, 'stop'),
    DONE,
  ])
  const deltas = await vllm.reply()
  expect([textOf(deltas), callsOf(deltas)]).toEqual(['', [['add_task', MILK]]])
})

test('llama.cpp: comments keep the connection, letters are cut in the middle, and no chunk need have choices', async () => {
  const bytes = Buffer.from(chunk({ content: 'Schöne Grüße 👋.' }))
  const llama = await server(() => [
    ': keep-alive\n\n',
    ':\n\n',
    data({ timings: { prompt_n: 5 } }),
    data({ choices: null }),
    chunk({ role: 'assistant', content: null }),
    ...[...bytes].map(byte => Uint8Array.of(byte)),
    data({ choices: [{ index: 0, delta: null, finish_reason: 'stop' }], timings: {} }),
    data({ usage: { prompt_tokens: 5, completion_tokens: 4 } }),
    'data: [DONE]',
  ])
  const deltas = await llama.reply()
  expect(textOf(deltas)).toBe('Schöne Grüße 👋.')
  expect(tokensOf(deltas)).toEqual([{ kind: 'tokens', input: 5, output: 4, cached: 0 }])
  const loading = await server(() => ({
    status: 503,
    body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
  }))
  await expect(loading.reply()).rejects.toEqual(fails(true, '503 Loading model'))
})

test('LiteLLM: refused options, arguments as an object, and an error with a status in the stream', async () => {
  const litellm = await server(asked =>
    asked.stream_options !== undefined
      ? {
          status: 400,
          body: '{"error":{"message":"litellm.UnsupportedParamsError: m does not support parameters: [\'stream_options\']","type":"None","param":"None","code":"400"}}',
        }
      : [
          chunk({
            role: 'assistant',
            content: null,
            tool_calls: [{ index: 0, id: 'a', function: { name: 'add_task', arguments: { title: 'buy milk' } } }],
          }),
          chunk({}, 'tool_calls'),
          DONE,
        ],
  )
  expect(callsOf(await litellm.reply())).toEqual([['add_task', MILK]])
  await litellm.reply()
  expect(litellm.asked.map(({ stream_options: option }) => option !== undefined)).toEqual([true, false, false])
  expect(litellm.asked.every(({ max_completion_tokens: most }) => most === 1_000)).toBe(true)
  const limited = await server(() => [
    data({ error: { message: 'litellm.RateLimitError', type: 'throttling_error', code: '429' } }),
  ])
  await expect(limited.reply()).rejects.toEqual(fails(true, 'RateLimitError'))
  const wrong = await server(() => [data({ error: { message: 'litellm.AuthenticationError', code: '401' } })])
  await expect(wrong.reply()).rejects.toEqual(fails(false, 'AuthenticationError'))
})

test('Gemini: whole calls without ids, its signature goes back, and an error is in a list', async () => {
  const extra_content = { google: { thought_signature: 'c2ln' } }
  const gemini = await server(({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? [chunk({ content: 'It is added.' }, 'stop'), DONE]
      : [
          chunk({
            role: 'assistant',
            tool_calls: [
              { index: 0, id: '', type: 'function', function: { name: 'add_task', arguments: MILK }, extra_content },
            ],
          }),
          chunk(
            {
              role: 'assistant',
              tool_calls: [{ index: 0, id: '', type: 'function', function: { name: 'add_task', arguments: MOM } }],
            },
            'stop',
          ),
          DONE,
        ],
  )
  const deltas = await gemini.reply()
  expect(callsOf(deltas)).toEqual([
    ['add_task', MILK],
    ['add_task', MOM],
  ])
  const made = deltas.flatMap((delta): Message[] =>
    delta.kind === 'tool-call' ? [{ role: 'tool', call: delta.call, result: 'Added.' }] : [],
  )
  expect(textOf(await gemini.reply([{ role: 'caller', text: 'Add milk and call mom.' }, ...made]))).toBe('It is added.')
  expect(gemini.asked.at(-1)?.messages.flatMap(({ tool_calls }) => tool_calls ?? [])).toMatchObject([
    { extra_content },
    {},
  ])
  const refusing = await server(() => ({
    status: 400,
    body: '[{"error":{"code":400,"message":"Function call is missing a thought_signature","status":"INVALID_ARGUMENT"}}]',
  }))
  await expect(refusing.reply()).rejects.toEqual(fails(false, 'missing a thought_signature'))
})

test('Mistral: max_tokens instead of max_completion_tokens, parts of content, and lines that end with CR LF', async () => {
  const forbidden = (name: string) => ({
    type: 'extra_forbidden',
    loc: ['body', name],
    msg: 'Extra inputs are not permitted',
  })
  const mistral = await server(asked => {
    const extra = ['stream_options', 'max_completion_tokens'].filter(name => asked[name] !== undefined)
    if (extra.length > 0)
      return {
        status: 422,
        body: JSON.stringify({
          object: 'error',
          message: { detail: extra.map(forbidden) },
          type: 'invalid_request_error',
        }),
      }
    return [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
      chunk({
        content: [
          { type: 'text', text: 'It is ' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      chunk({ content: 'added.' }, 'stop', { usage: { prompt_tokens: 7, completion_tokens: 3 } }),
      DONE,
    ].map(text => text.replaceAll('\n', '\r\n'))
  })
  expect(textOf(await mistral.reply())).toBe('It is added.')
  expect(mistral.asked.map(({ max_tokens: most }) => most)).toEqual([undefined, 1_000])
})

test('a refusal without a reason leaves all options out, and they are not remembered if that does not help', async () => {
  const helped = await server(asked =>
    asked.stream_options === undefined ? [chunk({ content: 'Yes.' }, 'stop')] : { status: 422, body: '{}' },
  )
  expect(textOf(await helped.reply())).toBe('Yes.')
  await helped.reply()
  expect(helped.asked).toHaveLength(3)
  const hopeless = await server(() => ({ status: 400, body: '' }))
  await expect(hopeless.reply()).rejects.toEqual(fails(false, '400'))
  await expect(hopeless.reply()).rejects.toEqual(fails(false, '400'))
  expect(hopeless.asked.filter(({ stream_options: option }) => option !== undefined)).toHaveLength(2)
})

test.each([
  [
    'an answer in one piece',
    { choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }] },
    'Yes.',
  ],
  [
    'an answer in one piece, with a call',
    {
      choices: [
        {
          message: { content: null, tool_calls: [{ id: 'a', function: { name: 'add_task', arguments: MILK } }] },
          finish_reason: 'tool_calls',
        },
      ],
    },
    '',
  ],
])('%s instead of a stream is taken', async (_, body, text) => {
  const whole = await server(() => ({ status: 200, body: JSON.stringify(body) }))
  const deltas = await whole.reply()
  expect(textOf(deltas)).toBe(text)
  expect(callsOf(deltas)).toEqual(text === '' ? [['add_task', MILK]] : [])
})

test.each([
  ['{"error":{"message":"overloaded","code":503}}', true, 'overloaded'],
  ['{"error":"no such model"}', true, 'no such model'],
  ['{"detail":"Not allowed"}', true, 'Not allowed'],
  ['<html>Please log in</html>', true, 'broke off'],
  ['', true, 'broke off'],
])('an error with status 200 is an error: %s', async (body, retryable, message) => {
  const odd = await server(() => ({ status: 200, body }))
  await expect(odd.reply()).rejects.toEqual(fails(retryable, message))
})

test.each(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])('%s ends an answer', async finish => {
  const ended = await server(() => [chunk({ content: 'Yes.' }), chunk({}, finish)])
  expect(textOf(await ended.reply())).toBe('Yes.')
})

test('events that only keep the connection are no answer and no error', async () => {
  const slow = await server(() => [
    'event: ping\ndata: still here\n\n',
    'event: heartbeat\ndata:\n\n',
    'data:\n\n',
    'event: message\nid: 5\nretry: 10\n',
    chunk({ content: 'Yes.' }, 'stop', { error: null }),
    DONE,
  ])
  expect(textOf(await slow.reply())).toBe('Yes.')
})

test.each([
  ['event: error\ndata: overloaded\n\n', true, 'overloaded'],
  ['event: error\ndata: {"error":{"message":"no credit","code":402}}\n\n', false, 'no credit'],
  [chunk({ content: '' }, 'error', { error: { code: 502, message: 'Provider disconnected' } }), true, 'disconnected'],
])('an error in the middle of an answer is an error: %j', async (event, retryable, message) => {
  const failing = await server(() => [chunk({ content: 'We ' }), event])
  await expect(failing.reply()).rejects.toEqual(fails(retryable, message))
})

test('the older function_call is a call, and other choices are not heard', async () => {
  const old = await server(() => [
    chunk({ function_call: { name: 'add_task', arguments: '{"title":' } }),
    chunk({ function_call: { arguments: '"buy milk"}' } }),
    data({ choices: [{ index: 1, delta: { content: 'Another.' } }] }),
    chunk({}, 'function_call'),
  ])
  const deltas = await old.reply()
  expect([textOf(deltas), callsOf(deltas)]).toEqual(['', [['add_task', MILK]]])
})
