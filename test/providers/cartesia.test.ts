import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { loudnessDb } from '../../src/audio/loudness.ts'
import { systemClock } from '../../src/clock.ts'
import type { Clock, Speech, TextToSpeech } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { cartesia } from '../../src/providers/cartesia.ts'
import { AGENT_VOICE, openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { hastyClock } from '../sandbox/twilio/hasty-clock.ts'

const flite = openFlite()
// On a busy machine flite's first word can take longer than the stall limit.
beforeAll(() => flite.synthesize('Good morning.', AGENT_VOICE, new AbortController().signal))
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }

interface Request {
  readonly context_id: string
  readonly transcript?: string
  readonly continue?: boolean
  readonly cancel?: boolean
}

async function standIn(faults: readonly Fault[] = []) {
  const opened = await openCartesiaStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults }, flite)
  onTestFinished(() => opened.close())
  return opened
}

/** A server for one test that answers each request with `answer`. */
async function service(answer: (request: Request, socket: WebSocket) => void = () => undefined) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const requests = new Queue<Request>(1_000)
  const closed = new Queue<number>(100)
  let sockets = 0
  server.on('connection', socket => {
    sockets++
    socket.on('close', code => closed.push(code))
    socket.on('message', data => {
      const request: Request = JSON.parse(String(data))
      requests.push(request)
      answer(request, socket)
    })
  })
  return {
    url: urlOf(server.address()),
    requests: requests[Symbol.asyncIterator](),
    closed: closed[Symbol.asyncIterator](),
    sockets: () => sockets,
  }
}

function urlOf(address: ReturnType<WebSocketServer['address']>): string {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function voice(baseUrl: string, clock: Clock = systemClock) {
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const tts = cartesia({ apiKey: 'key', baseUrl, voiceId: 'any', rateHz: 8_000 }, clock, call.signal)
  return { call, tts }
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
  expect.objectContaining({ name: 'ProviderError', provider: 'Cartesia', retryable })

const reply = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message))
const chunk = (context_id: string, ms = 100) => ({
  type: 'chunk',
  context_id,
  data: Buffer.alloc(ms * 16, 1).toString('base64'),
})

test('a speech has sound, and words timed from its first sample', async () => {
  const { tts } = voice((await standIn()).url)
  const speech = await all(tts, 'Good morning. ', 'How are you?')
  expect(spokenText(speech)).toBe('Good morning. How are you?')
  const words = wordsOf(speech)
  const pcm = samplesOf(speech)
  expect(words.every(({ startMs, endMs }, i) => endMs > startMs && startMs >= (words[i - 1]?.endMs ?? 0))).toBe(true)
  expect(words.at(-1)?.endMs).toBeLessThanOrEqual(pcm.length / 8 + 1)
  const [, , how] = words
  expect(loudnessDb(pcm.subarray((how?.startMs ?? 0) * 8, (how?.endMs ?? 0) * 8))).toBeGreaterThan(-40)
})

test('each speech is a context on the same socket, with its pieces unchanged and without buffering', async () => {
  const { url, requests, sockets } = await service((request, socket) => {
    if (request.continue !== false) return
    reply(socket, chunk(request.context_id))
    reply(socket, { type: 'done', context_id: request.context_id })
  })
  const { tts } = voice(url)
  await all(tts, 'Good morning. ', 'How are you?')
  await all(tts, 'Bye.')
  const asked = await Promise.all(Array.from({ length: 5 }, async () => (await requests.next()).value))
  const [first, , , second] = asked
  expect(asked.map(request => [request?.transcript, request?.continue])).toEqual([
    ['Good morning. ', true],
    ['How are you?', true],
    ['', false],
    ['Bye.', true],
    ['', false],
  ])
  expect(new Set(asked.map(request => request?.context_id)).size).toBe(2)
  expect(first?.context_id).not.toBe(second?.context_id)
  expect(first).toMatchObject({ model_id: 'sonic-3', add_timestamps: true, max_buffer_delay_ms: 0 })
  expect(sockets()).toBe(1)
})

test('a speech without text sends no request', async () => {
  const { url, requests } = await service((request, socket) => {
    reply(socket, chunk(request.context_id))
    reply(socket, { type: 'done', context_id: request.context_id })
  })
  const { tts } = voice(url)
  expect(await all(tts)).toEqual([])
  await all(tts, 'Bye.')
  expect((await requests.next()).value).toMatchObject({ transcript: 'Bye.' })
})

test.each([
  [['... ', 'Sure, I can help.'], 'Sure, I can help.'],
  [['"', '— ', 'Yes. ', '… ', 'No.'], 'Yes. No.'],
  [['👍'], ''],
  [[' ', '—'], ''],
])('pieces with nothing to voice join the next one: %j', async (pieces, words) => {
  const speech = await all(voice((await standIn()).url).tts, ...pieces)
  expect(
    spokenText(speech)
      .replace(/[^\w\s.,]|\.{3}/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  ).toBe(words)
})

test.each([[[161, 159]], [[1, 1, 318]], [[319, 1]], [[3, 5, 7, 305]]])(
  'chunks of %j bytes, cut inside samples, are the same sound',
  async sizes => {
    const bytes = Buffer.from(Int16Array.from({ length: 160 }, (_, index) => index * 199 - 16_000).buffer)
    const { url } = await service(({ context_id, transcript, continue: goesOn }, socket) => {
      let at = 0
      for (const size of transcript ? sizes : []) {
        const data = bytes.subarray(at, at + size).toString('base64')
        // Some encoders leave out the padding.
        reply(socket, { type: 'chunk', context_id, data: size === 1 ? data.replace(/=+$/, '') : data })
        at += size
      }
      if (goesOn === false) reply(socket, { type: 'done', context_id })
    })
    const { tts } = voice(url)
    for (const _ of [1, 2]) expect(Buffer.from(samplesOf(await all(tts, 'Hello.')).buffer)).toEqual(bytes)
  },
)

test('an abort cancels the context and settles at once, and its late sound is dropped', async () => {
  const { url, requests } = await service((request, socket) => {
    if (request.cancel) reply(socket, chunk(request.context_id))
    else if (request.transcript === 'Hello. ') reply(socket, chunk(request.context_id))
    else if (request.transcript === 'Again.') {
      reply(socket, chunk('speech-1'))
      reply(socket, chunk(request.context_id, 20))
      reply(socket, { type: 'done', context_id: request.context_id })
    }
  })
  const { tts } = voice(url)
  const turn = new AbortController()
  const more = new Queue<string>(10)
  more.push('Hello. ')
  const speech = tts.speak(more, turn.signal)[Symbol.asyncIterator]()
  expect((await speech.next()).value).toMatchObject({ kind: 'audio' })
  const next = speech.next()
  turn.abort(new Error('barge-in'))
  expect(await next).toEqual({ done: true, value: undefined })
  const { context_id } = (await requests.next()).value ?? {}
  expect((await requests.next()).value).toEqual({ context_id, cancel: true })
  expect(getEventListeners(turn.signal, 'abort')).toEqual([])
  expect(samplesOf(await all(tts, 'Again.')).length).toBe(160)
})

test('a reader that stops early cancels the context too', async () => {
  const { url, requests } = await service((request, socket) => {
    if (request.transcript) reply(socket, chunk(request.context_id))
  })
  const { tts } = voice(url)
  for await (const _ of tts.speak(text('Hello.'), forever())) break
  const asked: unknown[] = []
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    asked.push(next.value.cancel)
    if (next.value.cancel) break
  }
  expect(asked.at(-1)).toBe(true)
})

test('two simultaneous speeches do not mix', async () => {
  const { tts } = voice((await standIn()).url)
  const alone = { one: await all(tts, 'One moment please.'), two: await all(tts, 'The garden is open.') }
  const [one, two] = await Promise.all([all(tts, 'One moment please.'), all(tts, 'The garden is open.')])
  expect([spokenText(one), spokenText(two)]).toEqual(['One moment please.', 'The garden is open.'])
  expect(samplesOf(one)).toEqual(samplesOf(alone.one))
  expect(samplesOf(two)).toEqual(samplesOf(alone.two))
})

test('a socket that drops during a speech is an error that may be retried, and the next speech opens another', async () => {
  const { url } = await standIn([{ kind: 'drop', afterMessages: 3 }])
  const { tts } = voice(url)
  await expect(all(tts, 'The garden is open whenever the weather is fine.')).rejects.toEqual(fails(true))
  expect(spokenText(await all(tts, 'Good morning.'))).toBe('Good morning.')
})

test('a socket that is lost between two speeches is opened again', async () => {
  const { url, faults } = await standIn()
  const { tts } = voice(url)
  await all(tts, 'Good morning.')
  faults.set([{ kind: 'drop' }])
  // The next speech may fail because of the loss; the one after it must not.
  await all(tts, 'Good evening.').catch(() => undefined)
  expect(spokenText(await all(tts, 'Good night.'))).toBe('Good night.')
})

test.each([
  { status: 401, retryable: false },
  { status: 429, retryable: true },
  { status: 500, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  const { url } = await standIn([{ kind: 'status', status }])
  await expect(all(voice(url).tts, 'Hello.')).rejects.toEqual(fails(retryable))
})

test.each([
  { status: 400, retryable: false },
  { status: 429, retryable: true },
])('an error frame with $status: retryable is $retryable, and other speeches go on', async ({ status, retryable }) => {
  const { url } = await service(({ context_id, transcript, continue: goesOn }, socket) => {
    if (transcript === 'Bad.') reply(socket, { type: 'error', context_id, status_code: status, title: 'no' })
    else if (goesOn) reply(socket, chunk(context_id))
    else reply(socket, { type: 'done', context_id })
  })
  const { tts } = voice(url)
  const [bad, good] = await Promise.allSettled([all(tts, 'Bad.'), all(tts, 'Good.')])
  expect(bad).toEqual({ status: 'rejected', reason: fails(retryable) })
  expect(good.status).toBe('fulfilled')
})

test('a message that is not JSON is an error that may be retried', async () => {
  const { url } = await standIn([{ kind: 'malformed', afterMessages: 2 }])
  const { tts } = voice(url)
  await expect(all(tts, 'Good morning.')).rejects.toEqual(fails(true))
  expect(spokenText(await all(tts, 'Good evening.'))).toBe('Good evening.')
})

test('a service that takes text and sends nothing is an error, and the next speech has another socket', async () => {
  const { url, closed, sockets } = await service()
  const { tts } = voice(url, hastyClock(50))
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  await closed.next()
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  expect(sockets()).toBe(2)
})

test('a service that stops during a speech is an error', async () => {
  const { url } = await service((request, socket) => {
    if (request.transcript) reply(socket, chunk(request.context_id))
  })
  await expect(all(voice(url, hastyClock(50)).tts, 'Hello.')).rejects.toEqual(fails(true))
})

test('a service that stops after the first of two sentences is an error', async () => {
  const { url } = await service((request, socket) => {
    // It answers only after the last request, and only for the first sentence.
    if (request.continue === false) reply(socket, chunk(request.context_id))
  })
  await expect(all(voice(url, hastyClock(50)).tts, 'Hello. ', 'And more.')).rejects.toEqual(fails(true))
})

test('words of which no sound came were not spoken', async () => {
  const { url } = await service((request, socket) => {
    if (request.continue === false) reply(socket, { type: 'done', context_id: request.context_id })
  })
  await expect(all(voice(url).tts, 'Hello.')).rejects.toEqual(fails(true))
})

test('waiting for slow text is not a stall', async () => {
  const { url } = await service(({ context_id, transcript, continue: goesOn }, socket) => {
    if (transcript) reply(socket, chunk(context_id))
    if (goesOn === false) reply(socket, { type: 'done', context_id })
  })
  const clock = hastyClock(50)
  async function* slow(): AsyncGenerator<string> {
    yield 'Hello. '
    await clock.sleep(6_000, forever())
    yield 'There.'
  }
  const speech = await Array.fromAsync(voice(url, clock).tts.speak(slow(), forever()))
  expect(samplesOf(speech).length).toBe(1_600)
})

test('a service that never accepts the socket is an error, and the socket is freed', async () => {
  const freed = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.on('close', () => freed.resolve())
    socket.resume()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { tts, call } = voice(urlOf(server.address()), hastyClock(50))
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  call.abort()
  await freed.promise
})

test('the end of the call closes the socket and fails the current speech', async () => {
  const { url, requests, closed } = await service()
  const { tts, call } = voice(url)
  const speaking = all(tts, 'Hello.').catch(error => error)
  await requests.next()
  call.abort(new Error('hung up'))
  expect((await closed.next()).value).toBe(1000)
  expect(await speaking).toEqual(fails(true))
})

test('after the end of the call no socket is opened', async () => {
  const { url, closed, sockets } = await service()
  const { tts, call } = voice(url)
  const lost = all(tts, 'Hello.').catch(error => error)
  call.abort(new Error('hung up'))
  await lost
  await expect(all(tts, 'Hello.')).rejects.toThrow('hung up')
  // Every socket that was opened must close again.
  for (let open = sockets(); open > 0; open--) await closed.next()
  expect(getEventListeners(call.signal, 'abort')).toEqual([])
})
