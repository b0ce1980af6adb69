import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { systemClock } from '../../../src/clock.ts'
import type { Clock, Speech, TextToSpeech, VoiceRateHz } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { systemNetwork } from '../../../src/network.ts'
import { openAiVoice } from '../../../src/providers/openai-voice/openai-voice.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { AGENT_VOICE, openOpenAiVoiceStandIn } from '../../../src/sandbox/openai-voice/stand-in.ts'
import { hastyClock } from '../../sandbox/twilio/hasty-clock.ts'

const flite = openFlite()
beforeAll(() => flite.synthesize('Good morning.', AGENT_VOICE, new AbortController().signal))
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }

interface Request {
  readonly model: string
  readonly input: string
  readonly voice: string
  readonly response_format: string
}

async function standIn(...faults: readonly Fault[]): Promise<string> {
  const options = { port: 0, profile: QUICK, seed: 1, clock: systemClock, faults }
  const opened = await openOpenAiVoiceStandIn(options, flite)
  onTestFinished(() => opened.close())
  return `${opened.url}/v1`
}

/** A server for one test that answers each request with `answer`. */
async function service(answer: (asked: Request, response: ServerResponse, message: IncomingMessage) => void) {
  const requests = new Queue<Request>(100)
  const gone = new Queue<string>(100)
  const server = createServer(async (message, response) => {
    const asked = (await json(message)) as Request
    requests.push(asked)
    response.on('close', () => gone.push(asked.input))
    answer(asked, response, message)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: requests[Symbol.asyncIterator](),
    gone: gone[Symbol.asyncIterator](),
  }
}

const voice = (baseUrl: string, clock: Clock = systemClock, rateHz: VoiceRateHz = 8_000) =>
  openAiVoice(
    { apiKey: 'key', baseUrl, model: 'gpt-4o-mini-tts', voiceId: 'marin', rateHz, traceparent: '00-1-2-01' },
    clock,
    systemNetwork,
  )
async function* text(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
}
const forever = (): AbortSignal => new AbortController().signal
const all = (tts: TextToSpeech, ...pieces: readonly string[]): Promise<readonly Speech[]> =>
  Array.fromAsync(tts.speak(text(...pieces), forever()))
const wordsOf = (speech: readonly Speech[]) => speech.flatMap(piece => (piece.kind === 'words' ? piece.words : []))
const samplesOf = (speech: readonly Speech[]): Int16Array =>
  Int16Array.from(speech.flatMap(piece => (piece.kind === 'audio' ? [...piece.frame.pcm] : [])))
const spokenText = (speech: readonly Speech[]): string =>
  wordsOf(speech)
    .map(word => word.text)
    .join(' ')
const fails = (retryable: boolean) => expect.objectContaining({ name: 'ProviderError', provider: 'OpenAI', retryable })
/** 16-bit samples of 24 kHz. */
const sound = (ms: number): Buffer => Buffer.from(new Int16Array(ms * 24).fill(8_000).buffer)
const PCM = { 'content-type': 'audio/pcm' }

test('a speech has the sound of its clauses in their order, and each word once, at about its time', async () => {
  const speech = await all(voice(await standIn()), 'Good morning. ', 'The garden is open today.')
  expect(spokenText(speech)).toBe('Good morning. The garden is open today.')
  const [first, second] = await Promise.all(
    ['Good morning.', 'The garden is open today.'].map(clause => flite.synthesize(clause, AGENT_VOICE, forever())),
  )
  const firstMs = (first?.pcm.length ?? 0) / 16
  const words = wordsOf(speech)
  const truth = [
    ...(first?.words ?? []),
    ...(second?.words ?? []).map(word => ({ ...word, endMs: word.endMs + firstMs })),
  ]
  for (const [i, word] of truth.entries()) expect(Math.abs((words[i]?.endMs ?? 0) - word.endMs)).toBeLessThan(250)
  const pcm = samplesOf(speech)
  expect(pcm.length / 8).toBeCloseTo(firstMs + (second?.pcm.length ?? 0) / 16, -1.5)
  expect(loudnessDb(pcm.subarray(firstMs * 8))).toBeGreaterThan(-35)
})

test('at 24,000 Hz the samples are those that were sent', async () => {
  const { url } = await service((_asked, response) => {
    response.writeHead(200, PCM)
    const bytes = sound(10)
    // Cut inside samples.
    for (const [from, to] of [
      [0, 1],
      [1, 8],
      [8, 481],
    ])
      response.write(bytes.subarray(from, to))
    response.end()
  })
  expect(samplesOf(await all(voice(url, systemClock, 24_000), 'Hello.'))).toEqual(new Int16Array(240).fill(8_000))
})

test('a request has key, model, voice, format and the trace of the call', async () => {
  const heard = Promise.withResolvers<IncomingMessage>()
  const { url, requests } = await service((_asked, response, message) => {
    heard.resolve(message)
    response.writeHead(200, PCM).end(sound(10))
  })
  await all(voice(url), ' Hello. ')
  expect((await requests.next()).value).toEqual({
    ...{ model: 'gpt-4o-mini-tts', voice: 'marin', input: 'Hello.', response_format: 'pcm' },
  })
  const { url: path, headers } = await heard.promise
  expect(path).toBe('/audio/speech')
  expect(headers).toMatchObject({ authorization: 'Bearer key', traceparent: '00-1-2-01' })
})

test.each([
  [
    ['... ', 'Sure, ', 'I can help.'],
    ['... Sure,', 'I can help.'],
  ],
  [
    ['"', '— ', 'Yes. ', '… ', 'No.', ' 👍'],
    ['"— Yes.', '… No.'],
  ],
  [['👍'], []],
  [[], []],
])('a clause is a request, and signs go with words: %j', async (pieces, inputs) => {
  const asked: string[] = []
  const { url } = await service(({ input }, response) => {
    asked.push(input)
    response.writeHead(200, PCM).end(sound(10))
  })
  await all(voice(url), ...pieces)
  expect(asked).toEqual(inputs)
})

test('a clause that is too long for the API is cut at a space', async () => {
  const asked: string[] = []
  const { url } = await service(({ input }, response) => {
    asked.push(input)
    response.writeHead(200, PCM).end(sound(10))
  })
  const long = 'word '.repeat(900)
  await all(voice(url), long, 'x'.repeat(2_500))
  // The last of the first clause and the first of the second are under way at the same time.
  expect(asked.map(input => input.length).toSorted((a, b) => a - b)).toEqual([499, 500, 1_999, 1_999, 2_000])
})

test('the next clause is asked for while the one before it sounds, but no further', async () => {
  const release = Promise.withResolvers<void>()
  const { url, requests } = await service(async ({ input }, response) => {
    response.writeHead(200, PCM).write(sound(40))
    if (input === 'One.') await release.promise
    response.end()
  })
  const speech = voice(url)
    .speak(text('One.', 'Two.', 'Three.'), forever())
    [Symbol.asyncIterator]()
  expect((await speech.next()).value).toMatchObject({ kind: 'audio' })
  expect([(await requests.next()).value?.input, (await requests.next()).value?.input]).toEqual(['One.', 'Two.'])
  const third = requests.next()
  let isAsked = false
  third.then(() => {
    isAsked = true
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(isAsked).toBe(false)
  release.resolve()
  while (!(await speech.next()).done);
  expect((await third).value?.input).toBe('Three.')
})

test.each([
  [401, false],
  [400, false],
  [429, true],
  [500, true],
])('a refusal with %i: retryable is %s', async (status, retryable) => {
  await expect(all(voice(await standIn({ kind: 'status', status })), 'Hello.')).rejects.toEqual(fails(retryable))
})

test('a spent quota is no passing error, and its code is told', async () => {
  const error = { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' }
  const { url } = await service((_asked, response) => {
    response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  })
  await expect(all(voice(url), 'Hello.')).rejects.toEqual(fails(false))
  await expect(all(voice(url), 'Hello.')).rejects.toThrow('429 You exceeded')
})

test.each([
  ['WAV', 'audio/wav', 'RIFF\0\0\0\0WAVE', false],
  ['MP3', 'audio/mpeg', 'ID3\u0004', false],
  ['application/json', 'application/json', '{"error":"no"}', false],
  ['no sound', 'audio/pcm', '', true],
])('an answer of %s is an error that says so', async (what, type, body, retryable) => {
  const { url } = await service((_asked, response) => {
    response.writeHead(200, { 'content-type': type }).end(body)
  })
  await expect(all(voice(url), 'Hello.')).rejects.toEqual(fails(retryable))
  await expect(all(voice(url), 'Hello.')).rejects.toThrow(what)
})

test.each(['drop', 'malformed'] as const)('a connection that breaks (%s) is an error', async kind => {
  const url = await standIn({ kind, afterMessages: 3 })
  await expect(all(voice(url), 'The garden is open whenever the weather is fine.')).rejects.toEqual(fails(true))
})

test.each([
  ['never answers', (_: ServerResponse): void => undefined],
  ['never sounds', (response: ServerResponse): void => void response.writeHead(200, PCM).flushHeaders()],
  ['stops in the middle', (response: ServerResponse): void => void response.writeHead(200, PCM).write(sound(40))],
] as const)('a service that %s is given up, and its connection closed', async (_, answer) => {
  const { url, gone } = await service((_asked, response) => answer(response))
  await expect(all(voice(url, hastyClock(50)), 'Hello.')).rejects.toEqual(fails(true))
  expect((await gone.next()).value).toBe('Hello.')
})

test('a server that is not there is an error that may be retried', async () => {
  await expect(all(voice('http://127.0.0.1:9'), 'Hello.')).rejects.toEqual(fails(true))
})

test('an abort settles at once, ends both requests, and leaves no listener', async () => {
  const { url, gone } = await service((_asked, response) => {
    response.writeHead(200, PCM).write(sound(40))
  })
  const turn = new AbortController()
  const speech = voice(url).speak(text('One.', 'Two.'), turn.signal)[Symbol.asyncIterator]()
  await speech.next()
  const next = speech.next()
  turn.abort(new Error('barge-in'))
  expect(await next).toEqual({ done: true, value: undefined })
  expect([(await gone.next()).value, (await gone.next()).value].toSorted()).toEqual(['One.', 'Two.'])
  expect(getEventListeners(turn.signal, 'abort')).toEqual([])
})

test('an abort while the text is awaited settles at once', async () => {
  const { url } = await service(() => undefined)
  const turn = new AbortController()
  const speech = voice(url).speak(new Queue<string>(1), turn.signal)[Symbol.asyncIterator]()
  const next = speech.next()
  turn.abort(new Error('barge-in'))
  expect(await next).toEqual({ done: true, value: undefined })
})

test('text that fails is the error of the speech, after what came before it', async () => {
  const { url } = await service((_asked, response) => void response.writeHead(200, PCM).end(sound(100)))
  async function* failing(): AsyncGenerator<string> {
    yield 'Hello.'
    throw new Error('the model failed')
  }
  const heard: Speech[] = []
  const speaking = async (): Promise<void> => {
    for await (const speech of voice(url).speak(failing(), forever())) heard.push(speech)
  }
  await expect(speaking()).rejects.toThrow(/^the model failed$/)
  expect(samplesOf(heard).length).toBeGreaterThan(700)
})
