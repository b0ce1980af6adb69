import { getEventListeners, once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/clock.ts'
import type { Clock, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import type { Network } from '../../src/network.ts'
import { deepgram } from '../../src/providers/deepgram.ts'
import { openDeepgramStandIn } from '../../src/sandbox/deepgram/stand-in.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { silence, tone } from '../sandbox/caller/sounds.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'
import type { MemoryNetwork } from '../whole-call/memory-network.ts'
import { openVirtualTime } from '../whole-call/virtual-time.ts'

const QUICK: DelayProfile = {
  ...profiles.fast,
  interim: { medianMs: 5, p95Ms: 5 },
  final: { medianMs: 40, p95Ms: 40, after: 'last-word' },
}
const HELLO = [
  { text: 'Hello', startMs: 0, endMs: 300 },
  { text: 'there.', startMs: 300, endMs: 600 },
]

async function standIn(faults: readonly Fault[] = []) {
  const opened = await openDeepgramStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults })
  onTestFinished(() => opened.close())
  return opened
}

async function announce(url: string, callId: string, words: readonly object[] = HELLO): Promise<void> {
  const body = JSON.stringify({ utterances: [{ words, voicedFromMs: 0 }] })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/sandbox/utterances/${callId}`, { method: 'POST', headers, body })
}

/** A server for one test that records what it receives and passes each socket to `onSocket`. */
async function service(onSocket: (socket: WebSocket) => void = () => undefined, network?: MemoryNetwork) {
  const http = createHttpServer()
  const server = new WebSocketServer({ server: http })
  if (!network) await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    http.close()
  })
  const texts = new Queue<string>(1_000)
  const closed = Promise.withResolvers<void>()
  let samples = 0
  let query = ''
  server.on('connection', (socket, request) => {
    query = decodeURIComponent(request.url ?? '')
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) samples += data.length / 2
      else texts.push(String(data))
    })
    socket.on('close', () => closed.resolve())
    onSocket(socket)
  })
  return {
    url: network?.join('deepgram', http) ?? urlOf(http.address()),
    texts: texts[Symbol.asyncIterator](),
    closed: closed.promise,
    receivedSamples: () => samples,
    query: () => query,
  }
}

function urlOf(address: ReturnType<Server['address']>): string {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function speechToText(baseUrl: string, clock: Clock = systemClock, network?: Network, more: object = {}) {
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort())
  const input = new Queue<SttInput>(1_000)
  const stream = deepgram({ apiKey: 'key', baseUrl, rateHz: 8_000, callId: 'CA1', ...more }, clock, network).transcribe(
    input,
    lifetime.signal,
  )
  return {
    lifetime,
    input,
    heard: stream[Symbol.asyncIterator](),
    hear(pcm: Int16Array): void {
      for (let at = 0; at < pcm.length; at += 160)
        input.push({ pcm: pcm.subarray(at, at + 160), rateHz: 8_000, atMs: at / 8 })
    },
  }
}

async function until(
  heard: AsyncIterator<Transcript>,
  isLast: (transcript: Transcript) => boolean,
): Promise<readonly Transcript[]> {
  const all: Transcript[] = []
  for (let next = await heard.next(); !next.done; next = await heard.next()) {
    all.push(next.value)
    if (isLast(next.value)) return all
  }
  throw new Error(`the stream ended after ${JSON.stringify(all)}`)
}

const failureOf = (heard: AsyncIterator<Transcript>): Promise<unknown> =>
  until(heard, () => false).catch(error => error)
const failsAs = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Deepgram', retryable })

test('words arrive as interims, then once as final, then the utterance ends', async () => {
  const { url } = await standIn()
  await announce(url, 'CA1')
  const { hear, heard } = speechToText(url)
  hear(tone(600))
  hear(silence(400))
  const words = await until(heard, ({ final }) => final)
  expect(words.slice(0, -1).every(({ final, text }) => !final && 'Hello there'.startsWith(text))).toBe(true)
  expect(words.length).toBeGreaterThan(1)
  expect(words.at(-1)).toMatchObject({ text: 'Hello there.', final: true, ended: true })
  hear(silence(1_500))
  const after = await until(heard, ({ ended }) => ended)
  expect(after.map(({ text }) => text).join('')).toBe('')
})

/** Two people at one telephone. */
const FAMILY = [
  { text: 'Two', startMs: 0, endMs: 150, speaker: 0 },
  { text: 'pizzas.', startMs: 150, endMs: 300, speaker: 0 },
  { text: 'No,', startMs: 300, endMs: 450, speaker: 1 },
  { text: 'three.', startMs: 450, endMs: 600, speaker: 1 },
]

test.each([true, false])('who of two people has said what is told where it is wanted (%s)', async speakers => {
  const { url } = await standIn()
  await announce(url, 'CA1', FAMILY)
  const { hear, heard } = speechToText(url, systemClock, undefined, { speakers })
  hear(tone(600))
  hear(silence(400))
  const last = (await until(heard, ({ final, text }) => final && text !== '')).at(-1)
  expect(last).toMatchObject({ text: 'Two pizzas. No, three.', final: true })
  expect(last?.speakers).toEqual(
    speakers
      ? [
          { speaker: 0, text: 'Two pizzas.' },
          { speaker: 1, text: 'No, three.' },
        ]
      : undefined,
  )
})

test('the service is asked for speakers by the name of its model, and only where they are wanted', async () => {
  for (const speakers of [true, false]) {
    const { url, query } = await service()
    const { heard, lifetime } = speechToText(url, systemClock, undefined, { speakers })
    const reading = heard.next()
    await expect.poll(() => query()).toContain('nova-3')
    expect(query().includes('diarize_model=latest')).toBe(speakers)
    expect(query()).not.toContain('diarize=')
    lifetime.abort()
    await reading
  }
})

test.each([
  ['a word without one', [{ word: 'two', speaker: 0 }, { word: 'three' }]],
  [
    'a number that is none',
    [
      { word: 'two', speaker: -1 },
      { word: 'three', speaker: 1e9 },
    ],
  ],
  [
    'words that are not the text',
    [
      { word: 'one', speaker: 0 },
      { word: 'three', speaker: 1 },
    ],
  ],
  ['no words', []],
])('of %s no speaker is told, and the text is heard', async (_what, words) => {
  const { url } = await service(socket => {
    const alternatives = [{ transcript: 'two three', words: words.map((word, end) => ({ ...word, end })) }]
    socket.send(JSON.stringify({ type: 'Results', is_final: true, channel: { alternatives } }))
  })
  const { heard } = speechToText(url, systemClock, undefined, { speakers: true })
  const last = (await until(heard, ({ final }) => final)).at(-1)
  expect([last?.text, last?.speakers]).toEqual(['two three', undefined])
})

test('a flush makes the words final before a silence ends the utterance', async () => {
  const { url } = await standIn()
  await announce(url, 'CA1')
  const { hear, heard, input } = speechToText(url)
  hear(tone(600))
  hear(silence(100))
  input.push('flush')
  expect((await until(heard, ({ final }) => final)).at(-1)).toMatchObject({
    text: 'Hello there.',
    final: true,
    ended: false,
  })
})

test('a flush also sends the sound that is not sent yet', async () => {
  const { url, texts, receivedSamples } = await service()
  const { hear, input, heard } = speechToText(url)
  const reading = heard.next()
  hear(tone(20))
  input.push('flush')
  expect((await texts.next()).value).toBe('{"type":"Finalize"}')
  expect(receivedSamples()).toBe(160)
  input.close()
  await reading
})

test('the session requests the options that the conversation relies on, and names the call', async () => {
  const { url, query, texts } = await service()
  const { input, heard } = speechToText(url)
  const reading = heard.next()
  input.push('flush')
  await texts.next()
  const asked = new URL(query(), url).searchParams
  expect(Object.fromEntries(asked)).toMatchObject({
    model: 'nova-3',
    encoding: 'linear16',
    sample_rate: '8000',
    interim_results: 'true',
    endpointing: '300',
    utterance_end_ms: '1000',
    filler_words: 'true',
    extra: 'call:CA1',
  })
  input.close()
  await reading
})

test('without sound the session is kept alive', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { url, texts } = await service(undefined, time.network)
  const { heard, lifetime } = speechToText(url, time.clock, time.network)
  const reading = heard.next()
  expect((await time.passing(texts.next())).value).toBe('{"type":"KeepAlive"}')
  expect((await time.passing(texts.next())).value).toBe('{"type":"KeepAlive"}')
  lifetime.abort()
  expect(await time.passing(reading)).toEqual({ done: true, value: undefined })
})

test('an abort settles the stream at once, closes the socket and leaves no listener', async () => {
  const { url, texts, closed } = await service()
  const { heard, lifetime, input } = speechToText(url)
  const reading = heard.next()
  input.push('flush')
  await texts.next()
  lifetime.abort(new Error('the call is over'))
  expect(await reading).toEqual({ done: true, value: undefined })
  await closed
  expect(getEventListeners(lifetime.signal, 'abort')).toEqual([])
})

test('an abort while the handshake hangs settles the stream and frees the socket', async () => {
  const taken = Promise.withResolvers<void>()
  const freed = Promise.withResolvers<void>()
  const server = createServer(socket => {
    taken.resolve()
    socket.on('error', () => undefined)
    socket.on('close', () => freed.resolve())
    socket.resume()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { heard, lifetime } = speechToText(urlOf(server.address()))
  const reading = heard.next()
  await taken.promise
  lifetime.abort(new Error('the call is over'))
  expect(await reading).toEqual({ done: true, value: undefined })
  await freed.promise
})

test('a handshake that hangs is an error that may be retried', async () => {
  const server = createServer(socket => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { heard } = speechToText(urlOf(server.address()), hastyClock(50))
  expect(await failureOf(heard)).toEqual(failsAs(true))
})

test('a dropped connection is an error that may be retried', async () => {
  const { url, faults } = await standIn()
  await announce(url, 'CA1')
  const { hear, heard } = speechToText(url)
  hear(tone(600))
  await until(heard, ({ text }) => text !== '')
  faults.set([{ kind: 'drop' }])
  expect(await failureOf(heard)).toEqual(failsAs(true))
})

test.each([
  { status: 401, retryable: false },
  { status: 400, retryable: false },
  { status: 402, retryable: false },
  { status: 429, retryable: true },
  { status: 503, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  const { url } = await standIn([{ kind: 'status', status }])
  const failure = await failureOf(speechToText(url).heard)
  expect(failure).toEqual(failsAs(retryable))
  expect(String(failure)).toContain(String(status))
})

test('a session that the service ends tells its code and its reason', async () => {
  const { url } = await service(socket => socket.close(1011, 'NET-0001'))
  // Without sound: what is sent to a socket that closes fails, too.
  const { heard } = speechToText(url)
  const told = { name: 'ProviderError', retryable: true, message: expect.stringContaining('closed with 1011 NET-0001') }
  expect(await failureOf(heard)).toEqual(expect.objectContaining(told))
})

test('a refused connection is an error that may be retried', async () => {
  const opened = await openDeepgramStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock })
  await opened.close()
  expect(await failureOf(speechToText(opened.url).heard)).toEqual(failsAs(true))
})

test('a service that takes sound and sends nothing for ten seconds is an error that may be retried', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network } = time
  const { url, closed } = await service(undefined, network)
  const { heard, hear } = speechToText(url, clock, network)
  const feeding = new AbortController()
  onTestFinished(() => feeding.abort())
  async function feed(): Promise<void> {
    while (true) {
      hear(silence(40))
      await clock.sleep(500, feeding.signal)
    }
  }
  feed().catch(() => undefined)
  const failure = await time.passing(failureOf(heard))
  expect(failure).toEqual(failsAs(true))
  expect(String(failure)).toContain('no message for 10000 ms')
  await time.passing(closed)
})

test.each([
  ['is not JSON', '{"type":"Results","channel"'],
  ['lacks its channel', '{"type":"Results","is_final":true}'],
  ['has channels of another shape', '{"type":"Results","is_final":true,"channel":{"alternatives":{}}}'],
])('a message that %s is ignored', async (_, broken) => {
  const { url } = await service(socket => {
    socket.send(broken)
    socket.send('{"type":"Results","is_final":true,"channel":{"alternatives":[{"transcript":"Hi."}]}}')
  })
  expect((await speechToText(url).heard.next()).value).toEqual({ text: 'Hi.', final: true, ended: false })
})

test('words whose seconds are too great to be milliseconds are heard without a time', async () => {
  const { url } = await service(socket => {
    const channel = { alternatives: [{ transcript: 'Hi.', words: [{ word: 'hi', start: 1e308, end: 1e308 }] }] }
    socket.send(JSON.stringify({ type: 'Results', is_final: true, start: 1e308, duration: 1e308, channel }))
  })
  expect((await speechToText(url).heard.next()).value).toEqual({ text: 'Hi.', final: true, ended: false })
})

test('each word has its time, where all of them have one', async () => {
  const words = [
    { word: 'hi', punctuated_word: 'Hi', start: 0.5, end: 0.7 },
    { word: 'there', punctuated_word: 'there.', start: 0.8, end: 1.25 },
  ]
  const { url } = await service(socket => {
    for (const told of [words, [{ ...words[0], start: undefined }, words[1]], words.slice(1)])
      socket.send(
        JSON.stringify({ type: 'Results', channel: { alternatives: [{ transcript: 'Hi there.', words: told }] } }),
      )
  })
  const { heard } = speechToText(url)
  expect((await heard.next()).value?.words).toEqual([
    { text: 'Hi', startMs: 500, endMs: 700 },
    { text: 'there.', startMs: 800, endMs: 1_250 },
  ])
  expect((await heard.next()).value?.words).toBeUndefined()
  expect((await heard.next()).value?.words).toBeUndefined()
})

test('messages of other types are ignored', async () => {
  const { url } = await service(socket => {
    socket.send('{"type":"Metadata","request_id":"r"}')
    socket.send('{"type":"SpeechStarted","channel":[0,1],"timestamp":1.5}')
    socket.send(
      '{"type":"Results","is_final":true,"speech_final":true,"channel":{"alternatives":[{"transcript":"Hi."}]}}',
    )
  })
  const { heard } = speechToText(url)
  expect((await heard.next()).value).toEqual({ text: 'Hi.', final: true, ended: true })
})

test('each message is reported once', async () => {
  const { url } = await service(socket => {
    for (const text of ['one', 'two', 'three']) {
      const channel = { alternatives: [{ transcript: text }] }
      socket.send(JSON.stringify({ type: 'Results', is_final: true, speech_final: false, channel }))
    }
  })
  const { heard } = speechToText(url)
  const words = await until(heard, ({ text }) => text === 'three')
  expect(words.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
})
