import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { gemini } from '../../src/providers/gemini.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

const PICTURE = { jpeg: new Uint8Array([0xff, 0xd8, 1, 2, 3]), takenMs: 0 }

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

/** Answers the requests one after the other, and the last answer again and again. */
async function answering(...answers: readonly (readonly [status: number, body: unknown])[]) {
  const bodies: unknown[] = []
  const url = await service(async (asked, response) => {
    bodies.push(await bodyOf(asked))
    const [status, body] = answers[Math.min(bodies.length, answers.length) - 1] ?? [500, '']
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  return { url, bodies }
}

async function bodyOf(asked: IncomingMessage): Promise<unknown> {
  let body = ''
  for await (const part of asked) body += part
  return JSON.parse(body)
}

const sight = (baseUrl: string, clock: Clock = systemClock) =>
  gemini({ apiKey: 'key', baseUrl, model: 'gemini-2.5-flash' }, clock)
const describing = (url: string, about?: string, clock?: Clock): Promise<string> =>
  sight(url, clock).describe(PICTURE, about, new AbortController().signal)
const says = (text: string, more: object = {}) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP', index: 0, ...more }],
})
const fails = (message: unknown, retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Gemini', message, retryable })
const refuses = (code: number, message: string, status: string, details: readonly object[] = []) =>
  [code, { error: { code, message, status, details } }] as const
/** Asked once more after 400 ms. */
const hasty = hastyClock(20)

test('the picture goes to the model as JPEG with the question, the key in a header', async () => {
  const asked: { url?: string | undefined; key?: unknown; body?: unknown } = {}
  const url = await service(async (request, response) => {
    asked.url = request.url
    asked.key = request.headers['x-goog-api-key']
    asked.body = await bodyOf(request)
    response.end(JSON.stringify(says('An e-mail.')))
  })
  expect(await describing(url, 'the deadline')).toBe('An e-mail.')
  expect(asked.url).toBe('/v1beta/models/gemini-2.5-flash:generateContent')
  expect(asked.key).toBe('key')
  expect(asked.body).toMatchObject({
    systemInstruction: { parts: [{ text: expect.stringMatching(/Never follow an instruction/) }] },
    contents: [
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/jpeg', data: '/9gBAgM=' } },
          { text: expect.stringMatching(/asks about: the deadline$/) },
        ],
      },
    ],
    generationConfig: { maxOutputTokens: 400, thinkingConfig: { thinkingBudget: 0 } },
  })
})

test('a base URL may end with the version', async () => {
  const { url } = await answering([200, says('Here.')])
  expect(await describing(`${url}/v1`)).toBe('Here.')
})

// Each is the symptom of a public report; docs/sight.md names them.
test('all parts of an answer count, but for the thoughts', async () => {
  const parts = [{ thought: true, text: 'I should look.' }, { text: 'An ' }, {}, { text: 'e-mail.' }]
  const { url } = await answering([200, { candidates: [{ content: { parts }, finishReason: 'STOP' }] }])
  expect(await describing(url)).toBe('An e-mail.')
})

test('thoughts that eat the whole budget are told as such', async () => {
  const eaten = {
    candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }],
    usageMetadata: { promptTokenCount: 300, thoughtsTokenCount: 397 },
  }
  const { url, bodies } = await answering([200, eaten])
  await expect(describing(url)).rejects.toEqual(fails(expect.stringMatching(/397 tokens went into thoughts/), false))
  expect(bodies).toHaveLength(1)
})

test('an answer that is cut in the middle is used as far as it goes', async () => {
  const { url } = await answering([200, says('This is a long', { finishReason: 'MAX_TOKENS' })])
  expect(await describing(url)).toBe('This is a long …')
})

test.each([
  'Budget 0 is invalid. This model only works in thinking mode.',
  'Unable to submit request because The model does not support setting thinking_budget to 0',
  'Thinking is not supported by this model',
])('a model that refuses not to think is asked without that, then and later: %s', async message => {
  const { url, bodies } = await answering(refuses(400, message, 'INVALID_ARGUMENT'), [200, says('An e-mail.')])
  const looking = sight(url)
  const look = () => looking.describe(PICTURE, undefined, new AbortController().signal)
  expect(await look()).toBe('An e-mail.')
  expect(await look()).toBe('An e-mail.')
  const configs = bodies.map(body => (body as { generationConfig: object }).generationConfig)
  expect(configs).toEqual([
    { maxOutputTokens: 400, thinkingConfig: { thinkingBudget: 0 } },
    { maxOutputTokens: 4_000 },
    { maxOutputTokens: 4_000 },
  ])
})

test.each([
  ['SAFETY', undefined, 'the picture was blocked: SAFETY'],
  ['PROHIBITED_CONTENT', 'It shows what may not be shown.', 'PROHIBITED_CONTENT (It shows what may not be shown.)'],
  ['OTHER', undefined, 'the picture was blocked: OTHER'],
])('a picture that is blocked (%s) is told in the vendor’s words', async (blockReason, blockReasonMessage, told) => {
  const { url, bodies } = await answering([200, { promptFeedback: { blockReason, blockReasonMessage } }])
  await expect(describing(url)).rejects.toEqual(fails(expect.stringContaining(told), false))
  expect(bodies).toHaveLength(1)
})

test.each(['RECITATION', 'SAFETY', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE', 'OTHER'])(
  'an answer that was stopped for %s is no description',
  async finishReason => {
    const { url } = await answering([200, { candidates: [{ finishReason, index: 0, safetyRatings: [] }] }])
    await expect(describing(url)).rejects.toEqual(fails(expect.stringContaining(`stopped: ${finishReason}`), false))
  },
)

test.each([
  ['no content', { candidates: [{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }] }],
  ['no candidate', { candidates: [], usageMetadata: { promptTokenCount: 1 } }],
  ['no candidates at all', { usageMetadata: { promptTokenCount: 1 } }],
  ['only white space', says(' \n')],
])('an empty answer (%s) is asked for once more', async (_, empty) => {
  const { url, bodies } = await answering([200, empty], [200, says('An e-mail.')])
  expect(await describing(url, undefined, hasty)).toBe('An e-mail.')
  expect(bodies).toHaveLength(2)
  const { url: always } = await answering([200, empty])
  await expect(describing(always, undefined, hasty)).rejects.toEqual(
    fails(expect.stringMatching(/with (?:nothing|no candidate)/), true),
  )
})

test('an overloaded model is asked once more', async () => {
  const overloaded = refuses(503, 'The model is overloaded. Please try again later.', 'UNAVAILABLE')
  const { url, bodies } = await answering(overloaded, [200, says('An e-mail.')])
  expect(await describing(url, undefined, hasty)).toBe('An e-mail.')
  expect(bodies).toHaveLength(2)
  const { url: always, bodies: both } = await answering(overloaded)
  await expect(describing(always, undefined, hasty)).rejects.toEqual(
    fails('Gemini: 503 The model is overloaded. Please try again later.', true),
  )
  expect(both).toHaveLength(2)
})

test('who is told to wait does not ask again, and hears how long', async () => {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' }
  const { url, bodies } = await answering(refuses(429, 'You exceeded "your" quota.', 'RESOURCE_EXHAUSTED', [retry]))
  await expect(describing(url)).rejects.toEqual(fails('Gemini: 429 You exceeded "your" quota. (retry in 37s)', true))
  expect(bodies).toHaveLength(1)
})

test.each([
  [400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT'],
  [400, 'User location is not supported for the API use.', 'FAILED_PRECONDITION'],
  [400, 'Unable to process input image. Please retry or report.', 'INVALID_ARGUMENT'],
  [403, 'Method doesn’t allow unregistered callers.', 'PERMISSION_DENIED'],
  [404, 'models/gemini-9 is not found for API version v1beta.', 'NOT_FOUND'],
])('%i %s: the same request would fail again', async (code, message, status) => {
  const { url, bodies } = await answering(refuses(code, message, status))
  await expect(describing(url)).rejects.toEqual(fails(`Gemini: ${code} ${message}`, false))
  expect(bodies).toHaveLength(1)
})

test.each([
  ['a list', 400, [{ error: { code: 400, message: 'Request contains an invalid argument.' } }], /400 Request contains/],
  ['a page', 502, '<html><title>Bad Gateway</title></html>', /502 <html>/],
  ['a page with status 200', 200, '<html>login</html>', /not as announced: <html>login/],
  ['an error with status 200', 200, { error: { code: 500, message: 'Internal error.' } }, /500 Internal error/],
  ['JSON that broke off', 200, '{"candidates":[{"content"', /not as announced/],
])('an answer that is %s becomes an error', async (_, status, body, told) => {
  const { url } = await answering([status, body])
  await expect(describing(url, undefined, hasty)).rejects.toEqual(fails(expect.stringMatching(told), status !== 400))
})

test('a description without end is cut at a word', async () => {
  const { url } = await answering([200, says('word '.repeat(5_000))])
  const text = await describing(url)
  expect(text).toMatch(/word …$/)
  expect(text.length).toBeLessThanOrEqual(1_502)
})

test('an answer without end is not read to its end', async () => {
  const url = await service(async (_, response) => {
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    }
    response.on('drain', more)
    more()
  })
  await expect(describing(url, undefined, hasty)).rejects.toEqual(
    fails(expect.stringContaining('not as announced'), true),
  )
})

test.each(['nothing', 'only headers', 'a little at a time'])(
  'a server that sends %s is given up after 6 s',
  async what => {
    const url = await service((_, response) => {
      if (what === 'nothing') return
      response.writeHead(200)
      response.flushHeaders()
      if (what === 'only headers') return
      const dribble = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(dribble))
    })
    await expect(describing(url, undefined, hastyClock(60))).rejects.toEqual(
      fails(expect.stringMatching(/looking took longer than 6000 ms/), true),
    )
  },
)

test('a connection that is cut or refused says so', async () => {
  const url = await service((_, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{')
    response.destroy()
  })
  await expect(describing(url, undefined, hasty)).rejects.toEqual(
    fails(expect.stringMatching(/terminated|closed/), true),
  )
  await expect(describing('http://127.0.0.1:2', undefined, hasty)).rejects.toEqual(
    fails(expect.stringContaining('ECONNREFUSED'), true),
  )
})

test('an abort ends the request at once with the signal’s reason, and leaves no listener', async () => {
  const url = await service(() => undefined)
  const abort = new AbortController()
  const described = sight(url).describe(PICTURE, undefined, abort.signal)
  const reason = new Error('the caller spoke')
  abort.abort(reason)
  await expect(described).rejects.toBe(reason)
  expect(getEventListeners(abort.signal, 'abort')).toEqual([])
})
