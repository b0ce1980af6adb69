import { getEventListeners, once } from 'node:events'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { systemClock } from '../../../src/clock.ts'
import type { Clock, Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { systemNetwork } from '../../../src/network.ts'
import { aura } from '../../../src/providers/aura/aura.ts'
import { voiceFor } from '../../../src/providers/aura/voices.ts'
import { AGENT_VOICE, openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { hastyClock } from '../../sandbox/twilio/hasty-clock.ts'

const flite = openFlite()
beforeAll(() => flite.synthesize('Good morning.', AGENT_VOICE, new AbortController().signal))
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }

interface Request {
  readonly type: 'Speak' | 'Flush' | 'Clear' | 'Close'
  readonly text?: string
}

async function standIn(faults: readonly Fault[] = [], clock: Clock = systemClock) {
  const opened = await openAuraStandIn({ port: 0, profile: QUICK, seed: 1, clock, faults }, flite)
  onTestFinished(() => opened.close())
  return opened
}

/** A server for one test that answers each request with `answer`, which is told which socket it came by, from 1. */
async function service(answer: (request: Request, socket: WebSocket, nr: number) => void = () => undefined) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const requests = new Queue<Request & { readonly nr: number }>(1_000)
  const closed = new Queue<number>(100)
  const opened = new Queue<{ readonly url: string; readonly key: unknown }>(100)
  let sockets = 0
  server.on('connection', (socket, { url = '', headers }) => {
    const nr = ++sockets
    opened.push({ url, key: headers.authorization })
    socket.send('{"type":"Metadata","request_id":"r"}')
    socket.on('close', code => closed.push(code))
    socket.on('message', data => {
      const request: Request = JSON.parse(String(data))
      requests.push({ ...request, nr })
      answer(request, socket, nr)
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    requests: requests[Symbol.asyncIterator](),
    closed: closed[Symbol.asyncIterator](),
    opened: opened[Symbol.asyncIterator](),
    sockets: () => sockets,
  }
}

function voice(baseUrl: string, clock: Clock = systemClock, more: object = {}) {
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const settings = { apiKey: 'key', voiceId: 'aura-2-thalia-en', language: 'en', rateHz: 8_000 as const }
  return { call, tts: aura({ ...settings, baseUrl, ...more }, clock, call.signal, systemNetwork) }
}

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
const fails = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'Deepgram', retryable })

const sound = (socket: WebSocket, ms = 100): void => socket.send(Buffer.alloc(ms * 16, 64))
const reply = (socket: WebSocket, type: string, more: object = {}): void =>
  socket.send(JSON.stringify({ type, ...more }))
/** Answers each flush with 100 ms of sound. */
function echo({ type }: Request, socket: WebSocket): void {
  if (type === 'Flush') {
    sound(socket)
    reply(socket, 'Flushed', { sequence_id: 0 })
  }
  if (type === 'Clear') reply(socket, 'Cleared', { sequence_id: 0 })
}

test('a speech has sound, and each word once, at about its time', async () => {
  const { tts } = voice((await standIn()).url)
  const clauses = ['Good morning.', 'The garden is open today.', 'Is there anything else?']
  const speech = await all(tts, ...clauses)
  expect(spokenText(speech)).toBe(clauses.join(' '))
  // The first clause is spoken alone, the others together.
  const [first, rest] = await Promise.all(
    [clauses[0], clauses.slice(1).join(' ')].map(said => flite.synthesize(said ?? '', AGENT_VOICE, forever())),
  )
  const firstMs = (first?.pcm.length ?? 0) / 16
  const truth = [
    ...(first?.words ?? []),
    ...(rest?.words ?? []).map(word => ({ ...word, endMs: word.endMs + firstMs })),
  ]
  const words = wordsOf(speech)
  for (const [i, word] of truth.entries()) expect(Math.abs((words[i]?.endMs ?? 0) - word.endMs)).toBeLessThan(300)
  expect(samplesOf(speech).length / 8).toBeCloseTo(firstMs + (rest?.pcm.length ?? 0) / 16, -1)
  expect(loudnessDb(samplesOf(speech))).toBeGreaterThan(-40)
})

test('the address, key, voice and format are those of the settings', async () => {
  const { url, opened } = await service(echo)
  voice(url, systemClock, { rateHz: 24_000 })
  const asked = (await opened.next()).value
  expect(asked?.key).toBe('Token key')
  expect(asked?.url).toBe('/v1/speak?model=aura-2-thalia-en&encoding=linear16&sample_rate=24000')
})

test.each([
  ['aura-2-thalia-en', 'en-US', 'aura-2-thalia-en'],
  ['aura-2-thalia-en', 'de', 'aura-2-viktoria-de'],
  ['aura-2-julius-de', 'de-DE', 'aura-2-julius-de'],
  ['aura-2-julius-de', 'en', 'aura-2-thalia-en'],
  ['aura-2-thalia-en', 'fi', 'aura-2-thalia-en'],
  ['my-own', 'de', 'my-own'],
])('the voice %s in a call in %s is %s', (chosen, language, speaks) => {
  expect(voiceFor(chosen, language)).toBe(speaks)
})

test('the first clause is flushed at once, and those that come meanwhile together', async () => {
  const { url, requests, sockets } = await service(echo)
  const { tts } = voice(url)
  await all(tts, 'One.', 'Two. ', 'Three.')
  await all(tts, 'Bye.')
  const asked = await Promise.all(Array.from({ length: 7 }, async () => (await requests.next()).value))
  expect(asked.map(request => request?.text ?? request?.type)).toEqual([
    ...['One. ', 'Flush', 'Two. ', 'Three. ', 'Flush'],
    ...['Bye. ', 'Flush'],
  ])
  expect(sockets()).toBe(1)
})

test('a speech without words asks for nothing', async () => {
  const { url, requests } = await service(echo)
  const { tts } = voice(url)
  expect(await all(tts)).toEqual([])
  expect(await all(tts, ' … ', '👍')).toEqual([])
  await all(tts, '... ', 'Bye.')
  expect((await requests.next()).value).toMatchObject({ type: 'Speak', text: '... Bye. ' })
})

test('however many clauses come slowly, and however many speeches, the service is never flushed too often', async () => {
  const clock = { ...systemClock, now: () => atMs }
  let atMs = 0
  const { url } = await standIn([], clock)
  const { tts } = voice(url, clock)
  const heard = [await all(tts, 'Good morning.')]
  async function* slow(): AsyncGenerator<string> {
    for (let i = 0; i < 30; i++) {
      yield 'Good morning. '
      // The sound of the clause before comes meanwhile.
      for (let turns = 0; turns < 30; turns++) await new Promise(resolve => setImmediate(resolve))
    }
  }
  heard.push(await Array.fromAsync(tts.speak(slow(), forever())))
  for (let i = 0; i < 25; i++) heard.push(await all(tts, 'Good morning.'))
  expect(heard.map(speech => wordsOf(speech).length)).toEqual([2, 60, ...Array.from({ length: 25 }, () => 2)])
  atMs += 61_000
  expect(spokenText(await all(tts, 'Good morning.'))).toBe('Good morning.')
})

test('sound that comes before it is flushed is spoken, with its words', async () => {
  // The stand-in works for real, and on a busy machine longer than a vendor may be silent.
  const { tts } = voice((await standIn()).url, new FakeClock())
  const long = 'This is a sentence that is long enough to be spoken before anybody asks for it. '
  expect(spokenText(await all(tts, 'One. ', long, long, long, 'The end.'))).toBe(
    `One. ${long}${long}${long}The end.`.trim(),
  )
})

test('a speech that is cut is cleared, and nothing of it comes into the next one', async () => {
  const { url, requests } = await service(({ type, text: said }, socket) => {
    if (said === 'Hello. ') sound(socket)
    if (type === 'Clear') {
      sound(socket, 500)
      reply(socket, 'Flushed')
      reply(socket, 'Cleared')
    }
    if (said === 'Again. ') {
      sound(socket, 20)
      reply(socket, 'Flushed')
    }
  })
  const { tts } = voice(url)
  const turn = new AbortController()
  const more = new Queue<string>(10)
  more.push('Hello.')
  const speech = tts.speak(more, turn.signal)[Symbol.asyncIterator]()
  expect((await speech.next()).value).toMatchObject({ kind: 'audio' })
  const next = speech.next()
  turn.abort(new Error('barge-in'))
  expect(await next).toEqual({ done: true, value: undefined })
  const asked = [await requests.next(), await requests.next(), await requests.next()].map(({ value }) => value?.type)
  expect(asked).toEqual(['Speak', 'Flush', 'Clear'])
  expect(getEventListeners(turn.signal, 'abort')).toEqual([])
  // Whether or not the service has said that it is cleared.
  expect(samplesOf(await all(tts, 'Again.')).length).toBe(160)
  expect(samplesOf(await all(tts, 'Again.')).length).toBe(160)
})

test('a reader that stops early clears too; one that has heard all does not', async () => {
  const { url, requests } = await service(echo)
  const { tts } = voice(url)
  await all(tts, 'Hello.')
  for await (const _ of tts.speak(text('Hello.'), forever())) break
  const asked = await Promise.all(Array.from({ length: 5 }, async () => (await requests.next()).value?.type))
  expect(asked).toEqual(['Speak', 'Flush', 'Speak', 'Flush', 'Clear'])
})

test('sockets whose clearing is never answered do not pile up', async () => {
  const { url, server, closed } = await service(({ type }, socket) => {
    if (type === 'Flush') sound(socket)
  })
  const { tts } = voice(url)
  for (let i = 0; i < 8; i++) for await (const _ of tts.speak(text('Hello.'), forever())) break
  for (let i = 0; i < 5; i++) await closed.next()
  expect(server.clients.size).toBeLessThanOrEqual(3)
})

test('two simultaneous speeches have a socket each, and one is kept', async () => {
  const { url, closed } = await service(echo)
  const { tts } = voice(url)
  const [one, two] = await Promise.all([all(tts, 'One.'), all(tts, 'Two. ', 'Three.')])
  expect([spokenText(one), spokenText(two)]).toEqual(['One.', 'Two. Three.'])
  expect((await closed.next()).value).toBe(1000)
})

test('a socket that drops during a speech is an error that may be retried, and the next speech opens another', async () => {
  const { tts } = voice((await standIn([{ kind: 'drop', afterMessages: 4 }])).url)
  await expect(all(tts, 'The garden is open whenever the weather is fine.')).rejects.toEqual(fails(true))
  expect(spokenText(await all(tts, 'Good morning.'))).toBe('Good morning.')
})

test('a socket that the service closes because nobody spoke is opened again at once, but not again and again', async () => {
  const { url, server, opened, sockets } = await service(echo)
  let aheadMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
  const { tts } = voice(url, clock)
  await opened.next()
  await all(tts, 'Hello.')
  aheadMs = 60_000
  for (const client of server.clients) client.close(1011, 'NET-0001')
  await opened.next()
  expect(sockets()).toBe(2)
  for (const client of server.clients) client.close(1011, 'NET-0000')
  await all(tts, 'Hello.').catch(() => undefined)
  await all(tts, 'Hello.')
  expect(sockets()).toBe(3)
})

test.each([
  { status: 400, retryable: false },
  { status: 401, retryable: false },
  { status: 402, retryable: false },
  { status: 429, retryable: true },
  { status: 503, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  await expect(all(voice((await standIn([{ kind: 'status', status }])).url).tts, 'Hello.')).rejects.toEqual(
    fails(retryable),
  )
})

test.each([
  [1008, false],
  [1009, false],
  [1011, true],
])('a socket closed with %i: retryable is %s', async (code, retryable) => {
  const { url } = await service(({ type }, socket) => {
    if (type === 'Flush') socket.close(code, 'DATA-0000')
  })
  await expect(all(voice(url).tts, 'Hello.')).rejects.toEqual(fails(retryable))
})

test.each([
  ['Warning', { code: 'EXCESSIVE_FLUSH', description: 'no more flushes' }, /EXCESSIVE_FLUSH no more flushes/],
  ['Warning', { warn_code: 'TEXT', warn_msg: 'the text is too long' }, /the text is too long/],
  ['Error', { code: 'DATA', description: 'bad' }, /DATA bad/],
])('a %s by which words are lost is an error', async (type, more, message) => {
  const { url } = await service((request, socket) => {
    if (request.type === 'Flush') reply(socket, type, more)
  })
  await expect(all(voice(url).tts, 'Hello.')).rejects.toThrow(message)
})

test('other warnings and types of tomorrow are passed over; what is no JSON is an error', async () => {
  const { url } = await service((request, socket, nr) => {
    if (request.type !== 'Flush') return
    if (nr > 1) socket.send('{"type":"Flushed"')
    reply(socket, 'Warning', { code: 'DEPRECATED', description: 'a newer voice is there' })
    reply(socket, 'SpeechStarted')
    echo(request, socket)
  })
  const { tts } = voice(url)
  const [one, two] = await Promise.allSettled([all(tts, 'One.'), all(tts, 'Two.')])
  expect(one.status).toBe('fulfilled')
  expect(two).toEqual({ status: 'rejected', reason: fails(true) })
})

test('a service that takes text and sends nothing is an error, and the next speech has another socket', async () => {
  const { url, closed, sockets } = await service()
  const { tts } = voice(url, hastyClock(50))
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  await closed.next()
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  expect(sockets()).toBe(2)
})

test('a service that stops during a speech is an error, and so is an end without sound', async () => {
  const { url } = await service(({ text: said, type }, socket, nr) => {
    if (said === 'Stops. ') sound(socket)
    if (type === 'Flush' && nr > 1) reply(socket, 'Flushed')
  })
  const { tts } = voice(url, hastyClock(50))
  await expect(all(tts, 'Stops.')).rejects.toEqual(fails(true))
  await expect(all(tts, 'Silent.')).rejects.toThrow('no sound')
})

test('waiting for slow text is not a stall', async () => {
  const { url } = await service(echo)
  const clock = hastyClock(50)
  async function* slow(): AsyncGenerator<string> {
    yield 'Hello. '
    await clock.sleep(8_000, forever())
    yield 'There.'
  }
  const speech = await Array.fromAsync(voice(url, clock).tts.speak(slow(), forever()))
  expect(samplesOf(speech).length).toBe(1_600)
})

test('the end of the call closes all sockets and fails the current speech; after it none is opened', async () => {
  const { url, requests, closed, sockets } = await service()
  const { tts, call } = voice(url)
  const speaking = Promise.all([all(tts, 'One.'), all(tts, 'Two.')]).catch(error => error)
  await requests.next()
  call.abort(new Error('hung up'))
  expect(await speaking).toEqual(fails(true))
  for (let open = sockets(); open > 0; open--) await closed.next()
  await expect(all(tts, 'Hello.')).rejects.toThrow('hung up')
  expect(getEventListeners(call.signal, 'abort')).toEqual([])
})

test('text that fails is the error of the speech', async () => {
  const { url } = await service(echo)
  async function* failing(): AsyncGenerator<string> {
    yield 'Hello.'
    throw new Error('the model failed')
  }
  await expect(Array.fromAsync(voice(url).tts.speak(failing(), forever()))).rejects.toThrow('the model failed')
})
