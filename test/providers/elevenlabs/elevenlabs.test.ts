import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { systemClock } from '../../../src/clock.ts'
import type { Clock, Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { systemNetwork } from '../../../src/network.ts'
import { elevenLabs } from '../../../src/providers/elevenlabs/elevenlabs.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import { AGENT_VOICE, openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { hastyClock } from '../../sandbox/twilio/hasty-clock.ts'

const flite = openFlite()
beforeAll(() => flite.synthesize('Good morning.', AGENT_VOICE, new AbortController().signal))
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
const SETTINGS = { apiKey: 'key', voiceId: 'EXAVITQu4vr4xnSDxMaL', model: 'eleven_flash_v2_5', language: 'en-US' }

interface Request {
  readonly context_id: string
  readonly text?: string
  readonly flush?: boolean
  readonly close_context?: boolean
}

async function standIn(faults: readonly Fault[] = []) {
  const opened = await openElevenLabsStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock, faults }, flite)
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
  const opened = new Queue<{ readonly url: string; readonly key: unknown }>(100)
  let sockets = 0
  server.on('connection', (socket, { url = '', headers }) => {
    sockets++
    opened.push({ url, key: headers['xi-api-key'] })
    socket.on('close', code => closed.push(code))
    socket.on('message', data => {
      const request: Request = JSON.parse(String(data))
      requests.push(request)
      answer(request, socket)
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
  const tts = elevenLabs({ ...SETTINGS, rateHz: 8_000, baseUrl, ...more }, clock, call.signal, systemNetwork)
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
  expect.objectContaining({ name: 'ProviderError', provider: 'ElevenLabs', retryable })

const reply = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message))
const sound = (contextId: string, ms = 100, more: object = {}) => ({
  contextId,
  audio: Buffer.alloc(ms * 16, 1).toString('base64'),
  ...more,
})
const letters = (chars: string, fromMs: number, eachMs: number) => ({
  chars: [...chars],
  charStartTimesMs: [...chars].map((_, i) => fromMs + i * eachMs),
  charDurationsMs: [...chars].map(() => eachMs),
})
/** Answers each clause with 100 ms of sound, and the closing of the context with its end. */
function echo(request: Request, socket: WebSocket): void {
  if (request.close_context) reply(socket, { isFinal: true, contextId: request.context_id })
  else if (request.flush) reply(socket, sound(request.context_id))
}

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
  const truth = await flite.synthesize('Good morning.', AGENT_VOICE, forever())
  for (const [i, word] of truth.words.entries()) expect(Math.abs((words[i]?.endMs ?? 0) - word.endMs)).toBeLessThan(60)
})

test('the address, key, format and language are those of the settings', async () => {
  const { url, opened } = await service(echo)
  voice(`${url.replace('http', 'ws')}`)
  voice(url, systemClock, { model: 'eleven_multilingual_v2', rateHz: 24_000, language: 'de' })
  const asked = [(await opened.next()).value, (await opened.next()).value].map(found => {
    const { pathname, searchParams } = new URL(found?.url ?? '', 'http://host')
    return { pathname, key: found?.key, ...Object.fromEntries(searchParams) }
  })
  expect(asked.toSorted((a, b) => (a.pathname + JSON.stringify(a) < b.pathname + JSON.stringify(b) ? -1 : 1))).toEqual(
    expect.arrayContaining([
      {
        pathname: '/v1/text-to-speech/EXAVITQu4vr4xnSDxMaL/multi-stream-input',
        key: 'key',
        model_id: 'eleven_flash_v2_5',
        language_code: 'en',
        output_format: 'pcm_8000',
        auto_mode: 'true',
        sync_alignment: 'true',
        inactivity_timeout: '180',
      },
      expect.objectContaining({ model_id: 'eleven_multilingual_v2', output_format: 'pcm_24000' }),
    ]),
  )
  expect(asked.filter(found => 'language_code' in found)).toHaveLength(1)
})

test('each speech is a context on the same socket, begun by a space, flushed by clause, and closed for its end', async () => {
  const { url, requests, sockets } = await service(echo)
  const { tts } = voice(url)
  await all(tts, 'Good morning. ', 'How are you?')
  await all(tts, 'Bye.')
  const asked = await Promise.all(Array.from({ length: 7 }, async () => (await requests.next()).value))
  expect(asked).toEqual([
    { context_id: 'speech-1', text: ' ' },
    { context_id: 'speech-1', text: 'Good morning. ', flush: true },
    { context_id: 'speech-1', text: 'How are you? ', flush: true },
    { context_id: 'speech-1', close_context: true },
    { context_id: 'speech-2', text: ' ' },
    { context_id: 'speech-2', text: 'Bye. ', flush: true },
    { context_id: 'speech-2', close_context: true },
  ])
  expect(sockets()).toBe(1)
})

test.each([
  [['... ', 'Sure, I can help.'], 'Sure, I can help.'],
  [['"', '— ', 'Yes. ', '… ', 'No.'], 'Yes. No.'],
  [['👍'], ''],
  [[], ''],
])('pieces with nothing to voice join the next one: %j', async (pieces, words) => {
  const speech = await all(voice((await standIn()).url).tts, ...pieces)
  expect(
    spokenText(speech)
      .replace(/[^\w\s.,]|\.{3}/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  ).toBe(words)
})

test('words that are cut between two messages are one word, and later clauses go on from the sound before', async () => {
  const { url } = await service(({ context_id: id, text: said, close_context }, socket) => {
    if (said === 'The zero. ') {
      reply(socket, sound(id, 200, { alignment: letters('Th', 50, 50) }))
      // Sound without letters, then letters that begin with the rest of the word.
      reply(socket, sound(id, 100, { alignment: null, normalizedAlignment: null }))
      reply(socket, sound(id, 300, { alignment: letters('e zero. ', 0, 30) }))
    }
    if (said === 'Yes. ') reply(socket, sound(id, 200, { alignment: letters('Yes. ', 20, 30) }))
    if (close_context) reply(socket, { isFinal: true, contextId: id })
  })
  expect(wordsOf(await all(voice(url).tts, 'The zero. ', 'Yes.'))).toEqual([
    { text: 'The', startMs: 50, endMs: 330 },
    { text: 'zero.', startMs: 360, endMs: 480 },
    { text: 'Yes.', startMs: 620, endMs: 710 },
  ])
})

test('letters that run ahead of their sound are not begun anew by the sound that follows them', async () => {
  const { url } = await service(({ context_id: id, text: said, close_context }, socket) => {
    if (said === 'One two. ') {
      reply(socket, sound(id, 100, { alignment: letters('One two. ', 0, 50) }))
      reply(socket, sound(id, 350))
    }
    if (said === 'Six. ') reply(socket, sound(id, 250, { alignment: letters('Six. ', 0, 50) }))
    if (close_context) reply(socket, { isFinal: true, contextId: id })
  })
  expect(wordsOf(await all(voice(url).tts, 'One two. ', 'Six.'))).toEqual([
    { text: 'One', startMs: 0, endMs: 150 },
    { text: 'two.', startMs: 200, endMs: 350 },
    { text: 'Six.', startMs: 450, endMs: 600 },
  ])
})

test('a voice that tells no letters has its words spread over its sound', async () => {
  const { url } = await service(echo)
  const words = wordsOf(await all(voice(url).tts, 'One two. ', 'Three.'))
  expect(words.map(word => word.text)).toEqual(['One', 'two.', 'Three.'])
  expect(words.at(-1)?.endMs).toBe(200)
})

test.each([[[161, 159]], [[1, 1, 318]], [[319, 1]], [[3, 5, 7, 305]]])(
  'chunks of %j bytes, cut inside samples, are the same sound',
  async sizes => {
    const bytes = Buffer.from(Int16Array.from({ length: 160 }, (_, index) => index * 199 - 16_000).buffer)
    const { url } = await service(({ context_id: contextId, flush, close_context }, socket) => {
      let at = 0
      for (const size of flush ? sizes : []) {
        reply(socket, { contextId, audio: bytes.subarray(at, at + size).toString('base64') })
        at += size
      }
      if (close_context) reply(socket, { contextId, isFinal: true })
    })
    const { tts } = voice(url)
    for (const _ of [1, 2]) expect(Buffer.from(samplesOf(await all(tts, 'Hello.')).buffer)).toEqual(bytes)
  },
)

test('an abort closes the context and settles at once, and its late sound is dropped', async () => {
  const { url, requests } = await service((request, socket) => {
    const { context_id: id } = request
    if (request.text === 'Hello. ') reply(socket, sound(id))
    else if (request.text === 'Again. ') {
      reply(socket, sound('speech-1'))
      reply(socket, { isFinal: true, contextId: 'speech-1' })
      reply(socket, sound(id, 20))
    } else if (request.close_context && id === 'speech-2') reply(socket, { isFinal: true, contextId: id })
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
  const asked = [await requests.next(), await requests.next(), await requests.next()].map(({ value }) => value)
  expect(asked.at(-1)).toEqual({ context_id: 'speech-1', close_context: true })
  expect(getEventListeners(turn.signal, 'abort')).toEqual([])
  expect(samplesOf(await all(tts, 'Again.')).length).toBe(160)
})

test('a reader that stops early closes the context too', async () => {
  const { url, requests } = await service((request, socket) => {
    if (request.flush) reply(socket, sound(request.context_id))
  })
  const { tts } = voice(url)
  async function* slow(): AsyncGenerator<string> {
    yield 'Hello.'
    await once(new AbortController().signal, 'abort')
  }
  for await (const _ of tts.speak(slow(), forever())) break
  const asked = [await requests.next(), await requests.next(), await requests.next()].map(({ value }) => value)
  expect(asked.at(-1)?.close_context).toBe(true)
})

test('interruptions in quick succession never open more contexts than the service takes', async () => {
  // It ends no context that was cancelled, as it does while it still flushes.
  const { url, sockets, closed } = await service((request, socket) => {
    if (request.flush) reply(socket, sound(request.context_id))
  })
  const { tts } = voice(url)
  for (let i = 0; i < 9; i++) for await (const _ of tts.speak(text('Hello.'), forever())) break
  expect(sockets()).toBe(3)
  // Those that are full are closed as soon as nobody listens to them.
  expect([(await closed.next()).value, (await closed.next()).value]).toEqual([1000, 1000])
})

test('a full socket is closed only when its last speech has ended', async () => {
  const { url, sockets } = await service((request, socket) => {
    if (request.text === 'Hello. ') reply(socket, sound(request.context_id))
    else if (request.text === 'There. ') reply(socket, sound(request.context_id, 40))
    else if (request.close_context && request.context_id === 'speech-1')
      reply(socket, { isFinal: true, contextId: request.context_id })
  })
  const { tts } = voice(url)
  const more = new Queue<string>(10)
  more.push('Hello.')
  const long = tts.speak(more, forever())[Symbol.asyncIterator]()
  await long.next()
  for (let i = 0; i < 4; i++) for await (const _ of tts.speak(text('Hello.'), forever())) break
  expect(sockets()).toBe(2)
  more.push('There.')
  more.close()
  expect((await long.next()).value).toMatchObject({ frame: { pcm: { length: 320 } } })
  expect((await long.next()).value).toMatchObject({ kind: 'words' })
  expect((await long.next()).done).toBe(true)
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
  const { tts } = voice((await standIn([{ kind: 'drop', afterMessages: 3 }])).url)
  await expect(all(tts, 'The garden is open whenever the weather is fine.')).rejects.toEqual(fails(true))
  expect(spokenText(await all(tts, 'Good morning.'))).toBe('Good morning.')
})

test('a socket that the service closes because nobody spoke for minutes is opened again at once', async () => {
  const { url, server, opened, sockets } = await service(echo)
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
  let aheadMs = 0
  const { tts } = voice(url, clock)
  await opened.next()
  await all(tts, 'Hello.')
  aheadMs = 180_000
  for (const client of server.clients) client.close(1008, 'Have not received a new text input')
  await opened.next()
  expect(sockets()).toBe(2)
  // One that closes at once is not opened again and again.
  for (const client of server.clients) client.close(1008, 'We are sorry, something went wrong.')
  await all(tts, 'Hello.').catch(() => undefined)
  await all(tts, 'Hello.')
  expect(sockets()).toBe(3)
})

test.each([
  { status: 401, retryable: false },
  { status: 403, retryable: false },
  { status: 429, retryable: true },
  { status: 500, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  const { url } = await standIn([{ kind: 'status', status }])
  await expect(all(voice(url).tts, 'Hello.')).rejects.toEqual(fails(retryable))
})

test('a voice that does not exist, and a language that the model is not told', async () => {
  const { url } = await standIn()
  await expect(all(voice(url, systemClock, { voiceId: 'nobody' }).tts, 'Hello.')).rejects.toEqual(fails(false))
  const { tts } = voice(url, systemClock, { model: 'eleven_multilingual_v2', language: 'de' })
  expect(spokenText(await all(tts, 'Hello.'))).toBe('Hello.')
})

test.each([
  ['quota_exceeded', 'This request exceeds your quota of 10000.', false],
  ['invalid_api_key', 'Invalid API key', false],
  ['voice_id_does_not_exist', 'A voice for the voice_id x does not exist.', false],
  ['max_active_conversations', 'Maximum simultaneous contexts per WebSocket connection exceeded (5).', true],
  ['something_went_wrong', 'We are sorry, something went wrong. You are not charged for this request.', true],
])('an error %s: it is told, and retryable is right', async (error, message, retryable) => {
  const { url } = await service(({ context_id: contextId, text: said, flush, close_context }, socket) => {
    if (said === 'Bad. ') reply(socket, { message, error, code: 1008, contextId })
    else if (flush) reply(socket, sound(contextId))
    else if (close_context) reply(socket, { isFinal: true, contextId })
  })
  const { tts } = voice(url)
  const [bad, good] = await Promise.allSettled([all(tts, 'Bad.'), all(tts, 'Good.')])
  expect(bad).toEqual({ status: 'rejected', reason: fails(retryable) })
  expect(String(bad.status === 'rejected' && bad.reason)).toContain(`1008 ${error}`)
  expect(good.status).toBe('fulfilled')
})

test.each([
  [1008, 'This request exceeds your quota limit.', false],
  [1008, 'We are sorry, something went wrong.', true],
  [1009, 'message too big', false],
  [1011, '', true],
])('a socket closed with %i "%s": retryable is %s', async (code, reason, retryable) => {
  const { url } = await service((request, socket) => {
    if (request.flush) socket.close(code, reason)
  })
  await expect(all(voice(url).tts, 'Hello.')).rejects.toEqual(fails(retryable))
})

test('an error that names no context fails all speeches', async () => {
  const { url } = await service(({ flush }, socket) => {
    if (flush) reply(socket, { message: 'no', error: 'invalid_input_message', code: 1008 })
  })
  const { tts } = voice(url)
  const both = await Promise.allSettled([all(tts, 'One.'), all(tts, 'Two.')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a message that is not JSON is an error that may be retried; unknown ones are passed over', async () => {
  const { url } = await service(({ context_id: contextId, text: said, flush, close_context }, socket) => {
    if (said === 'Bad. ') socket.send('{"audio":"')
    else if (said === 'Odd. ') reply(socket, { contextId, audio: 7 })
    else if (flush) {
      reply(socket, { type: 'flush_done', contextId })
      reply(socket, {})
      reply(socket, sound(contextId, 20, { alignment: { chars: 'x' } }))
    } else if (close_context) reply(socket, { isFinal: true, contextId })
  })
  const { tts } = voice(url)
  await expect(all(tts, 'Bad.')).rejects.toEqual(fails(true))
  await expect(all(tts, 'Odd.')).rejects.toThrow('cannot be read')
  expect(samplesOf(await all(tts, 'Good.')).length).toBe(160)
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
  const { url } = await service(({ context_id: contextId, text: said, close_context }, socket) => {
    if (said === 'Stops. ') reply(socket, sound(contextId))
    else if (close_context && contextId === 'speech-2') reply(socket, { contextId, isFinal: true })
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

test('a service that never accepts the socket is an error, and the socket is freed', async () => {
  const freed = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.on('close', () => freed.resolve())
    socket.resume()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { tts, call } = voice(`http://127.0.0.1:${address.port}`, hastyClock(50))
  await expect(all(tts, 'Hello.')).rejects.toEqual(fails(true))
  call.abort()
  await freed.promise
})

test('the end of the call closes the socket and fails the current speech; after it none is opened', async () => {
  const { url, requests, closed, sockets } = await service()
  const { tts, call } = voice(url)
  const speaking = all(tts, 'Hello.').catch(error => error)
  await requests.next()
  call.abort(new Error('hung up'))
  expect((await closed.next()).value).toBe(1000)
  expect(await speaking).toEqual(fails(true))
  await expect(all(tts, 'Hello.')).rejects.toThrow('hung up')
  expect(sockets()).toBe(1)
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
