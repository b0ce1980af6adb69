import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/clock.ts'
import type { Clock, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import type { Network } from '../../src/network.ts'
import { flux } from '../../src/providers/flux.ts'
import { openDeepgramStandIn } from '../../src/sandbox/deepgram/stand-in.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { silence, tone } from '../sandbox/caller/sounds.ts'
import type { MemoryNetwork } from '../whole-call/memory-network.ts'
import { openVirtualTime } from '../whole-call/virtual-time.ts'

const QUICK: DelayProfile = { ...profiles.fast, interim: { medianMs: 1, p95Ms: 1 } }
const FIRST = [
  { text: 'Book', startMs: 0, endMs: 300 },
  { text: 'it,', startMs: 300, endMs: 600 },
]
/** The same words, and one more after a pause of 600 ms. */
const LONG = [...FIRST, { text: 'please.', startMs: 1_200, endMs: 1_600 }]

async function standIn(words: typeof LONG, faults: readonly Fault[] = []) {
  const opened = await openDeepgramStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults })
  onTestFinished(() => opened.close())
  const body = JSON.stringify({ utterances: [{ words, voicedFromMs: 0 }] })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${opened.url}/sandbox/utterances/CA1`, { method: 'POST', headers, body })
  return opened
}

function speechToText(baseUrl: string, clock: Clock = systemClock, network?: Network) {
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort())
  const input = new Queue<SttInput>(1_000)
  const stream = flux({ apiKey: 'key', baseUrl, rateHz: 8_000, callId: 'CA1' }, clock, network).transcribe(
    input,
    lifetime.signal,
  )
  const heard = stream[Symbol.asyncIterator]()
  return {
    lifetime,
    input,
    heard,
    hear(...sounds: readonly Int16Array[]): void {
      for (const pcm of sounds)
        for (let at = 0; at < pcm.length; at += 640)
          input.push({ pcm: pcm.subarray(at, at + 640), rateHz: 8_000, atMs: 0 })
    },
    async until(isLast: (transcript: Transcript) => boolean): Promise<readonly Transcript[]> {
      const all: Transcript[] = []
      for (let next = await heard.next(); !next.done; next = await heard.next()) {
        all.push(next.value)
        if (isLast(next.value)) return all
      }
      throw new Error(`the stream ended after ${JSON.stringify(all)}`)
    },
  }
}

/** A server for one test. */
async function service(onSocket: (socket: WebSocket, url: string) => void, network?: MemoryNetwork): Promise<string> {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  if (!network) await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    http.close()
  })
  server.on('connection', (socket, request) => onSocket(socket, decodeURIComponent(request.url ?? '')))
  if (network) return network.join('deepgram', http)
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
const info = (event: string, transcript: string, confidence: number): string =>
  JSON.stringify({ type: 'TurnInfo', event, transcript, words: [], end_of_turn_confidence: confidence, turn_index: 0 })

test('the words of a turn arrive as interims, then as probably ended, then as final, each with its confidence', async () => {
  const { url } = await standIn(FIRST)
  const { hear, until } = speechToText(url)
  hear(tone(600), silence(40))
  await until(({ text }) => text === 'Book it,')
  hear(silence(960))
  const all = await until(({ final }) => final)
  expect(all.find(({ ended }) => ended)).toMatchObject({ text: 'Book it,', final: false })
  expect(all.find(({ ended }) => ended)?.endOfTurn).toBeGreaterThanOrEqual(0.4)
  expect(all.at(-1)).toMatchObject({ text: 'Book it,', final: true, ended: true })
  expect(all.at(-1)?.endOfTurn).toBeGreaterThanOrEqual(0.7)
})

test('a pause within a turn does not end it, and later transcripts have all of its words', async () => {
  const { url } = await standIn(LONG)
  const { hear, until } = speechToText(url)
  hear(tone(600), silence(40))
  await until(({ text }) => text === 'Book it,')
  hear(silence(560), tone(400))
  const paused = await until(({ text }) => text === 'Book it, please.')
  expect(paused.every(({ final, ended, endOfTurn }) => !final && !ended && (endOfTurn ?? 1) < 0.4)).toBe(true)
  hear(silence(1_000))
  expect((await until(({ final }) => final)).at(-1)).toMatchObject({ text: 'Book it, please.' })
})

test('a revoked end is an interim again', async () => {
  const url = await service(socket => {
    for (const text of [
      info('StartOfTurn', 'Book', 0.1),
      info('EagerEndOfTurn', 'Book it', 0.5),
      info('TurnResumed', 'Book it', 0.1),
      info('Update', 'Book it', 0.1),
      info('Update', '', 0),
      info('EndOfTurn', 'Book it now', 0.9),
    ])
      socket.send(text)
  })
  const all = await speechToText(url).until(({ final }) => final)
  expect(all).toEqual([
    { text: 'Book', final: false, ended: false, endOfTurn: 0.1 },
    { text: 'Book it', final: false, ended: true, endOfTurn: 0.5 },
    { text: 'Book it', final: false, ended: false, endOfTurn: 0.1 },
    { text: 'Book it now', final: true, ended: true, endOfTurn: 0.9 },
  ])
})

test('an update after an eager end does not revoke it, but new words do', async () => {
  const url = await service(socket => {
    for (const text of [
      info('EagerEndOfTurn', 'Book it', 0.45),
      info('Update', 'Book it', 0.6),
      info('TurnResumed', 'Book it', 0.6),
      info('Update', 'Book it now', 0.6),
      info('EndOfTurn', 'Book it now', 0.9),
    ])
      socket.send(text)
  })
  const all = await speechToText(url).until(({ final }) => final)
  expect(all.map(({ text, ended }) => `${text} ${ended}`)).toEqual([
    'Book it true',
    'Book it true',
    'Book it false',
    'Book it now false',
    'Book it now true',
  ])
})

test('the same words in the next turn are reported again, and repeated messages are not', async () => {
  const url = await service(socket => {
    for (const text of [
      info('EndOfTurn', 'Yes', 0.9),
      info('EndOfTurn', 'Yes', 0.9),
      info('Update', 'No', 0.11),
      info('Update', 'No', 0.09),
      info('EndOfTurn', 'No', 0.9),
    ])
      socket.send(text)
  })
  const all = await speechToText(url).until(({ text, final }) => final && text === 'No')
  expect(all.map(({ text }) => text)).toEqual(['Yes', 'Yes', 'No', 'No'])
})

test.each([
  ['is not JSON', '{"type":"TurnInfo","event"'],
  ['lacks its words', '{"type":"TurnInfo","event":"Update"}'],
  ['is of another type', '{"type":"ConfigureSuccess","request_id":"r","sequence_id":1}'],
])('a message that %s is ignored', async (_, broken) => {
  const url = await service(socket => {
    socket.send(broken)
    socket.send(info('Update', 'Book', 0.1))
  })
  expect((await speechToText(url).heard.next()).value).toMatchObject({ text: 'Book' })
})

test.each([
  ['no confidence', undefined],
  ['an invalid one', 'high'],
])('words with %s are reported all the same', async (_, confidence) => {
  const url = await service(socket =>
    socket.send(
      JSON.stringify({ type: 'TurnInfo', event: 'Update', transcript: 'Book', end_of_turn_confidence: confidence }),
    ),
  )
  expect((await speechToText(url).heard.next()).value).toEqual({ text: 'Book', final: false, ended: false })
})

test('without sound the session is kept alive with silence', async () => {
  const received = Promise.withResolvers<Buffer>()
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network } = time
  const url = await service(socket => socket.on('message', (data: Buffer) => received.resolve(data)), network)
  const { heard, lifetime } = speechToText(url, clock, network)
  const reading = heard.next()
  expect(await time.passing(received.promise)).toEqual(Buffer.alloc(1_280))
  lifetime.abort()
  expect((await time.passing(reading)).done).toBe(true)
})

test('only sound is sent, in pieces of 80 ms, because an unknown text message ends the session', async () => {
  const texts: string[] = []
  const sizes: number[] = []
  const asked = Promise.withResolvers<string>()
  const sounded = Promise.withResolvers<void>()
  const url = await service((socket, path) => {
    asked.resolve(path)
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) sizes.push(data.length)
      else texts.push(String(data))
      if (sizes.length === 3) sounded.resolve()
    })
  })
  const { input, heard } = speechToText(url)
  const reading = heard.next()
  for (let i = 0; i < 10; i++) input.push({ pcm: new Int16Array(160), rateHz: 8_000, atMs: i * 20 })
  input.push('flush')
  await sounded.promise
  expect(sizes).toEqual([1_280, 1_280, 640])
  expect(texts).toEqual([])
  expect(await asked.promise).toMatch(/^\/v2\/listen\?.*model=flux-general-en.*eager_eot_threshold=0\.4/)
  expect(await asked.promise).toContain('tag=call:CA1')
  input.close()
  await reading
})

test.each([
  ['INTERNAL_SERVER_ERROR', true],
  ['UNPARSABLE_CLIENT_MESSAGE', false],
])('the service’s error %s ends the session, retryable: %s', async (code, retryable) => {
  const url = await service(socket => socket.send(JSON.stringify({ type: 'Error', code, description: 'x' })))
  const failure = await speechToText(url)
    .until(() => false)
    .catch(error => error)
  expect(failure).toMatchObject({ name: 'ProviderError', provider: 'Deepgram', retryable })
})

test.each([
  [{ kind: 'drop', afterMessages: 3 }, true],
  [{ kind: 'status', status: 500 }, true],
  [{ kind: 'status', status: 429 }, true],
  [{ kind: 'status', status: 401 }, false],
  [{ kind: 'status', status: 400 }, false],
] as const)('%j ends the session with an error, retryable: %s', async (fault, retryable) => {
  const { url } = await standIn(FIRST, [fault])
  const { hear, until } = speechToText(url)
  hear(tone(600), silence(3_000))
  const failure = await until(() => false).catch(error => error)
  expect(failure).toMatchObject({ name: 'ProviderError', retryable })
})

test('a session that sends nothing while sound goes out is an error that may be retried', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network } = time
  const url = await service(socket => socket.send(info('Update', 'Book', 0.1)), network)
  const { hear, until } = speechToText(url, clock, network)
  const feeding = new AbortController()
  onTestFinished(() => feeding.abort())
  async function feed(): Promise<void> {
    while (true) {
      hear(silence(80))
      await clock.sleep(500, feeding.signal)
    }
  }
  feed().catch(() => undefined)
  const failure = await time.passing(until(() => false).catch(error => error))
  expect(failure).toMatchObject({ name: 'ProviderError', retryable: true })
  expect(String(failure)).toContain('no message for 10000 ms')
})

test('a broken message loses no words: the next message has them again', async () => {
  const { url } = await standIn(FIRST, [{ kind: 'malformed', afterMessages: 1 }])
  const { hear, until } = speechToText(url)
  hear(tone(600), silence(40))
  await until(({ text }) => text === 'Book it,')
  hear(silence(960))
  expect((await until(({ final }) => final)).at(-1)).toMatchObject({ text: 'Book it,' })
})

test('an abort ends the stream and closes the socket', async () => {
  const closed = Promise.withResolvers<void>()
  const url = await service(socket => {
    socket.on('close', () => closed.resolve())
    socket.send(info('Update', 'Book', 0.1))
  })
  const { lifetime, until, heard } = speechToText(url)
  await until(() => true)
  lifetime.abort()
  expect((await heard.next()).done).toBe(true)
  await closed.promise
})
