import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { openAiEars } from '../../../src/providers/openai-ears/openai-ears.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { openOpenAiEarsStandIn } from '../../../src/sandbox/openai-ears/stand-in.ts'
import { silence, tone } from '../../sandbox/caller/sounds.ts'
import { liveSession } from '../live-session.ts'
import { socketService } from '../socket-service.ts'

const SETTINGS = { apiKey: 'key', model: 'gpt-live-transcribe', language: 'en', traceparent: undefined }

const open = (settings: Partial<typeof SETTINGS> = {}, { rateHz = 8_000, faults = [] as readonly Fault[] } = {}) =>
  liveSession(
    openOpenAiEarsStandIn,
    (url, clock, network) => openAiEars({ ...SETTINGS, ...settings, baseUrl: `${url}/v1`, rateHz }, clock, network),
    { faults, rateHz },
  )

/** A session at a server that the test plays; `onEvent` is told what comes once the session is set up. */
const served = (
  onReady: (socket: WebSocket, send: (event: object) => void) => void,
  settings: Partial<typeof SETTINGS> = {},
  rateHz = 8_000,
) =>
  socketService(
    socket => {
      const send = (event: object): void => socket.send(JSON.stringify({ event_id: 'e', ...event }))
      send({ type: 'session.created', session: {} })
      socket.on('message', data => {
        if (!String(data).includes('session.update')) return
        send({ type: 'session.updated', session: {} })
        onReady(socket, send)
      })
    },
    (baseUrl, clock, network) => openAiEars({ ...SETTINGS, ...settings, baseUrl, rateHz }, clock, network),
    rateHz,
  )
const transcription = (kind: string, item: string, more: object): object => ({
  ...{ type: `conversation.item.input_audio_transcription.${kind}`, item_id: item, content_index: 0 },
  ...more,
})
const delta = (item: string, text: string): object => transcription('delta', item, { delta: text })
const completed = (item: string, transcript: string): object =>
  transcription('completed', item, { transcript, usage: { type: 'duration', seconds: 1 } })
const committed = (item: string, previous: string | null = null): object => ({
  ...{ type: 'input_audio_buffer.committed', item_id: item, previous_item_id: previous },
})
const failsAs = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'OpenAI', retryable })

test('words come as they are spoken, and are final after a flush', async () => {
  const { hear, quiet, flush, heard } = await open()
  await hear(tone(600))
  await quiet(100)
  flush()
  await quiet(200)
  expect(heard).toEqual([
    { text: 'Hello', final: false, ended: false },
    { text: 'Hello there.', final: false, ended: false },
    { text: 'Hello there.', final: true, ended: false },
  ])
})

test('a browser’s sound is heard too', async () => {
  const { hear, quiet, flush, finals } = await open({}, { rateHz: 16_000 })
  await hear(Int16Array.from({ length: 9_600 }, (_, i) => 8_000 * Math.cos(i / 3)))
  await quiet(100)
  flush()
  await quiet(600)
  expect(finals()).toEqual(['Hello there.'])
})

test('a flush with too little sound is no error, and no commit', async () => {
  const { quiet, flush, result, heard, hear } = await open()
  await quiet(200)
  flush()
  flush()
  await quiet(40)
  flush()
  await quiet(10_000)
  expect(result.isOver).toBe(false)
  await hear(tone(600))
  await quiet(100)
  flush()
  await quiet(200)
  expect(heard.at(-1)).toMatchObject({ text: 'Hello there.', final: true })
})

test('a model that does not hear live ends its own turns, and is never told to', async () => {
  const { hear, quiet, flush, heard } = await open({ model: 'gpt-4o-transcribe' })
  await hear(tone(600))
  await quiet(200)
  flush()
  await quiet(400)
  expect(heard.at(-1)).toEqual({ text: 'Hello there.', final: true, ended: false })
})

test('ten minutes of silence are committed in between, and bring no words', async () => {
  const { input, passing, time, result, heard, call, over } = await open()
  for (let at = 0; at < 10 * 60_000; at += 500) {
    input.push({ pcm: silence(500), rateHz: 8_000, atMs: time.clock.now() })
    await passing(500)
  }
  expect(result.isOver).toBe(false)
  expect(heard.map(({ text }) => text).join('')).toBe('')
  call.abort()
  await over()
})

test('an hour is the longest session, and the next may be opened', async () => {
  const { passing, over, result } = await open()
  for (let at = 0; at < 61; at++) await passing(60_000)
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('60 minutes')
})

test('a service that does not tell the words of committed sound is dead', async () => {
  const { hear, quiet, flush, over, result, standIn } = await open()
  await hear(tone(600))
  standIn.faults.set([{ kind: 'stall' }])
  flush()
  await quiet(7_000)
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('no words 5000 ms after')
})

test('a model that ends its own turns and ends none is dead, though its connection answers', async () => {
  const { hear, quiet, flush, over, result } = await served(() => undefined, { model: 'gpt-4o-transcribe' })
  for (let i = 0; i < 2; i++) {
    await hear(tone(600))
    await quiet(300)
    flush()
  }
  await quiet(7_000)
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('no words of 2 stretches of speech')
})

test('a connection on which nobody answers is dead', async () => {
  const { quiet, over, result } = await served(socket => {
    socket.pause()
  })
  await quiet(16_000)
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('no message for 10000 ms')
})

test('an abort ends the session, closes the socket and leaves no listener', async () => {
  const { hear, call, over, result, time } = await open()
  await hear(tone(300))
  call.abort(new Error('the call is over'))
  await over()
  expect(result).toEqual({ failure: undefined, isOver: true })
  expect(getEventListeners(call.signal, 'abort')).toEqual([])
  await time.passing(time.clock.sleep(1_000, new AbortController().signal))
  expect(time.network.connections()).toBe(0)
})

test('a dropped connection is an error that may be retried', async () => {
  const { hear, over, result, standIn } = await open()
  await hear(tone(600))
  standIn.faults.set([{ kind: 'drop' }])
  await over()
  expect(result.failure).toEqual(failsAs(true))
})

test.each([
  { status: 401, retryable: false },
  { status: 400, retryable: false },
  { status: 429, retryable: true },
  { status: 500, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  const { over, result } = await open({}, { faults: [{ kind: 'status', status }] })
  await over()
  expect(result.failure).toEqual(failsAs(retryable))
  expect(String(result.failure)).toContain(`${status}`)
})

test('a wrong key is told in the service’s words, and never in ours', async () => {
  const { over, result } = await open({ apiKey: '' })
  await over()
  expect(result.failure).toEqual(failsAs(false))
  expect(String(result.failure)).toContain('401: Incorrect API key')
})

test('settings that are refused are not tried again', async () => {
  const { over, result } = await open({ model: 'gpt-live-unknown' })
  await over()
  expect(result.failure).toEqual(failsAs(false))
})

test.each([
  { code: 'insufficient_quota', type: 'insufficient_quota', retryable: false },
  { code: 'rate_limit_exceeded', type: 'rate_limit_error', retryable: true },
  { code: null, type: 'server_error', retryable: true },
])('$type: retryable is $retryable', async ({ code, type, retryable }) => {
  const { over, result } = await served((_, send) => send({ type: 'error', error: { type, code, message: 'no' } }))
  await over()
  expect(result.failure).toEqual(failsAs(retryable))
})

test('a transcription that fails ends the session: its words would be lost', async () => {
  const { over, result } = await served((_, send) => {
    send(committed('a'))
    send(transcription('failed', 'a', { error: { type: 'server_error', code: 'audio_unintelligible', message: 'no' } }))
  })
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('audio_unintelligible')
})

test('a close with 3000 tells of the key', async () => {
  const { over, result } = await served(socket => socket.close(3000, 'invalid_request_error.invalid_api_key'))
  await over()
  expect(result.failure).toEqual(failsAs(false))
})

test('items that are completed in another order are told in the order of the speech', async () => {
  const { passing, heard } = await served((_, send) => {
    send(committed('a'))
    send(committed('b', 'a'))
    send(delta('a', 'My name'))
    send(delta('b', 'is'))
    send(completed('b', 'is Sonny.'))
    send(completed('b', 'is Sonny.'))
    send(delta('a', ' is'))
    send(completed('a', 'My name'))
    send(delta('a', ' late'))
    send(delta('c', 'and'))
  })
  await passing(100)
  expect(heard.map(({ text, final }) => `${final ? 'final' : 'interim'} ${text}`)).toEqual([
    'interim My name',
    'interim My name is',
    'interim My name is is Sonny.',
    'final My name',
    'final is Sonny.',
    'interim and',
  ])
})

test('words after a final one are told again, since a final one takes all interim words away', async () => {
  const { passing, heard } = await served((_, send) => {
    send(delta('a', 'one'))
    send(committed('a'))
    send(delta('b', 'two'))
    send(completed('a', 'One.'))
  })
  await passing(100)
  expect(heard.map(({ text, final }) => `${final ? 'final' : 'interim'} ${text}`)).toEqual([
    'interim one',
    'interim one two',
    'final One.',
    'interim two',
  ])
})

test('words that came before their item had its name are not told twice', async () => {
  const { passing, heard } = await served((_, send) => {
    send(delta('live', 'one'))
    send(committed('a'))
    send(completed('a', 'One.'))
  })
  await passing(100)
  expect(heard.map(({ text }) => text)).toEqual(['one', 'One.'])
})

test('what a model says it heard in silence is not believed', async () => {
  const { quiet, flush, finals, received } = await served((socket, send) => {
    socket.on('message', data => {
      if (!String(data).includes('buffer.commit"')) return
      send(committed('a'))
      send(completed('a', 'Thank you for watching!'))
    })
  })
  await quiet(400)
  flush()
  await quiet(100)
  expect(received().filter(text => text.includes('buffer.commit"'))).toHaveLength(1)
  expect(finals()).toEqual([''])
})

test('a commit that the service takes for empty is forgotten', async () => {
  const { quiet, flush, result } = await served((socket, send) => {
    socket.on('message', data => {
      if (!String(data).includes('buffer.commit"')) return
      const code = 'input_audio_buffer_commit_empty'
      send({ type: 'error', error: { type: 'invalid_request_error', code, message: 'buffer too small' } })
    })
  })
  await quiet(200)
  flush()
  await quiet(8_000)
  expect(result.isOver).toBe(false)
})

test('broken and unknown events are ignored', async () => {
  const { passing, heard, result } = await served((socket, send) => {
    socket.send('{"type":"conversation.item.input_audio_transcription.delta","item_id":')
    socket.send('[]')
    send({ type: 'rate_limits.updated', rate_limits: [] })
    send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 1, item_id: 'a' })
    send(transcription('delta', 'a', {}))
    send(delta('a', 'hi'))
  })
  await passing(100)
  expect(result.isOver).toBe(false)
  expect(heard.map(({ text }) => text)).toEqual(['hi'])
})

test('words without end are an error', async () => {
  const { over, result } = await served((_, send) => {
    for (let i = 0; i < 30; i++) send(delta('a', 'la '.repeat(1_000)))
  })
  await over()
  expect(String(result.failure)).toContain('more words than can be taken')
})

test.each([
  { rateHz: 8_000, format: { type: 'audio/pcmu' }, bytes: 320 },
  { rateHz: 16_000, format: { type: 'audio/pcm', rate: 24_000 }, bytes: 1_920 },
  { rateHz: 24_000, format: { type: 'audio/pcm', rate: 24_000 }, bytes: 1_920 },
])('sound at $rateHz Hz goes as $format.type', async ({ rateHz, format, bytes }) => {
  const { asked, received, input, passing, time } = await served(
    () => undefined,
    { traceparent: '00-a-b-01', language: 'de-DE' } as object,
    rateHz,
  )
  for (let at = 0; at < 10; at++) {
    input.push({ pcm: new Int16Array(rateHz / 50), rateHz, atMs: time.clock.now() })
    await passing(20)
  }
  expect(asked().headers).toMatchObject({ authorization: 'Bearer key', traceparent: '00-a-b-01' })
  expect(asked().query.get('intent')).toBe('transcription')
  const [update, ...sound] = received().map(text => JSON.parse(text))
  expect(update.session).toEqual({
    type: 'transcription',
    audio: {
      input: {
        format,
        transcription: { model: 'gpt-live-transcribe', languages: ['de'] },
        turn_detection: null,
      },
    },
  })
  expect(Buffer.from(sound.at(-1).audio, 'base64')).toHaveLength(bytes)
})
