import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock, Speech, TextToSpeech } from '../../src/conversation/ports.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { cartesiaOverHttp } from '../../src/providers/cartesia-http.ts'
import { AGENT_VOICE, openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

const flite = openFlite()
beforeAll(() => flite.synthesize('Good morning. How are you?', AGENT_VOICE, new AbortController().signal))
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
const CHUNK = { type: 'chunk', data: Buffer.alloc(1_600, 1).toString('base64'), done: false, status_code: 206 }
const DONE = { type: 'done', done: true, status_code: 200 }

async function standIn(...faults: readonly Fault[]): Promise<string> {
  const opened = await openCartesiaStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

/** A service of the test's own. */
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

function sends(response: ServerResponse, ...events: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`)
}

const voice = (baseUrl: string, clock: Clock = systemClock): TextToSpeech =>
  cartesiaOverHttp({ apiKey: 'key', baseUrl, voiceId: 'any', rateHz: 8_000 }, clock)
async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts
}
const all = (tts: TextToSpeech, ...texts: readonly string[]): Promise<readonly Speech[]> =>
  Array.fromAsync(tts.speak(pieces(...texts), new AbortController().signal))
const wordsOf = (speech: readonly Speech[]) => speech.flatMap(piece => (piece.kind === 'words' ? piece.words : []))
const samplesOf = (speech: readonly Speech[]): number =>
  speech.reduce((sum, piece) => sum + (piece.kind === 'audio' ? piece.frame.pcm.length : 0), 0)
const fails = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Cartesia', retryable })

test('a text is spoken whole, with the times of its words', async () => {
  const speech = await all(voice(await standIn()), 'Good morning. ', 'How are you?')
  const words = wordsOf(speech)
  expect(words.map(({ text }) => text).join(' ')).toBe('Good morning. How are you?')
  expect(words.at(-1)?.endMs).toBeGreaterThan(500)
  expect(words.at(-1)?.endMs).toBeLessThanOrEqual(samplesOf(speech) / 8 + 1)
})

test('a base URL for the socket serves for HTTP too, and a text without words asks for nothing', async () => {
  const url = await standIn({ kind: 'status', status: 500 })
  const tts = voice(url.replace('http:', 'ws:'))
  for (const text of [' ', '...', '👍']) expect(await all(tts, text)).toEqual([])
  await expect(all(tts, 'Good morning.')).rejects.toEqual(fails(true))
  expect(samplesOf(await all(tts, 'Good morning.'))).toBeGreaterThan(4_000)
})

test('types of events that are new are ignored', async () => {
  const url = await service((_, response) => {
    sends(response, { type: 'weather', sky: 'clear' }, CHUNK, DONE)
    response.end()
  })
  expect(samplesOf(await all(voice(url), 'Hello.'))).toBe(800)
})

test('words of which no sound came were not spoken', async () => {
  const url = await service((_, response) => {
    sends(response, DONE)
    response.end()
  })
  await expect(all(voice(url), 'Hello.')).rejects.toEqual(fails(true))
})

test('chunks cut inside samples are the same sound', async () => {
  const sound = Buffer.from(Int16Array.from({ length: 50 }, (_, index) => index * 600 - 15_000).buffer)
  const url = await service((_, response) => {
    const cut = [sound.subarray(0, 1), sound.subarray(1, 34), sound.subarray(34, 99), sound.subarray(99)]
    sends(response, ...cut.map(bytes => ({ ...CHUNK, data: bytes.toString('base64') })), DONE)
    response.end()
  })
  const speech = await all(voice(url), 'Hello.')
  const pcm = Int16Array.from(speech.flatMap(piece => (piece.kind === 'audio' ? [...piece.frame.pcm] : [])))
  expect(Buffer.from(pcm.buffer)).toEqual(sound)
})

test.each([
  { status: 400, retryable: false },
  { status: 401, retryable: false },
  { status: 429, retryable: true },
  { status: 503, retryable: true },
])('a refusal with $status is asked once: retryable is $retryable', async ({ status, retryable }) => {
  const url = await standIn({ kind: 'status', status })
  await expect(all(voice(url), 'Good morning.')).rejects.toEqual(fails(retryable))
  await all(voice(url), 'Good morning.')
})

test.each([
  ['a connection reset before the first sound', { kind: 'drop' }],
  ['a connection reset in the middle', { kind: 'drop', afterMessages: 2 }],
  ['an event that is not JSON', { kind: 'malformed', afterMessages: 1 }],
] as const)('%s is an error that may be retried', async (_, fault) => {
  const tts = voice(await standIn(fault))
  await expect(all(tts, 'Good morning.')).rejects.toEqual(fails(true))
  expect(samplesOf(await all(tts, 'Good morning.'))).toBeGreaterThan(4_000)
})

test.each([
  ['ends cleanly before it is done', [CHUNK], true],
  ['has sound that is not base64', [{ ...CHUNK, data: '!' }, DONE], true],
  ['tells an error for now', [CHUNK, { type: 'error', status_code: 500, title: 'no', message: 'no' }], true],
  ['tells an error for good', [{ type: 'error', status_code: 400, title: 'no', message: 'no' }], false],
  ['is no object', [['chunk'], DONE], true],
])('an answer that %s is an error', async (_, events, retryable) => {
  const url = await service((_asked, response) => {
    sends(response, ...events)
    response.end()
  })
  await expect(all(voice(url), 'Hello.')).rejects.toEqual(fails(retryable))
})

test('nobody there is told with the cause', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise(closed => server.close(closed))
  await expect(all(voice(`http://127.0.0.1:${address.port}`), 'Hello.')).rejects.toThrow(
    /^Cartesia: Connection error: fetch failed: .*ECONNREFUSED/,
  )
})

test.each([
  ['never answers', () => undefined],
  ['sends headers and nothing more', (response: ServerResponse) => sends(response)],
  ['stops in the middle', (response: ServerResponse) => sends(response, CHUNK)],
] as const)('a service that %s is given up, and its connection closed', async (_, answer) => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    answer(response)
  })
  await expect(all(voice(url, hastyClock(100)), 'Hello.')).rejects.toEqual(fails(true))
  await gone.promise
})

test('an abort closes the connection at once, ends the speech, and leaves no listener', async () => {
  const gone = Promise.withResolvers<void>()
  const url = await service((asked, response) => {
    asked.socket.once('close', () => gone.resolve())
    sends(response, CHUNK)
  })
  const lifetime = new AbortController()
  const speech = voice(url).speak(pieces('Hello.'), lifetime.signal)[Symbol.asyncIterator]()
  expect((await speech.next()).value).toMatchObject({ kind: 'audio' })
  const next = speech.next()
  lifetime.abort(new Error('the server is closing'))
  expect(await next).toEqual({ done: true, value: undefined })
  await gone.promise
  expect(getEventListeners(lifetime.signal, 'abort')).toEqual([])
})
