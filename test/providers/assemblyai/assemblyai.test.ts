import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { assemblyAi } from '../../../src/providers/assemblyai/assemblyai.ts'
import { openAssemblyAiStandIn } from '../../../src/sandbox/assemblyai/stand-in.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { silence, tone } from '../../sandbox/caller/sounds.ts'
import { liveSession } from '../live-session.ts'
import { socketService } from '../socket-service.ts'

const SETTINGS = { apiKey: 'key', model: 'universal-streaming-english', language: 'en', traceparent: undefined }

const open = (settings: Partial<typeof SETTINGS> = {}, faults: readonly Fault[] = []) =>
  liveSession(
    openAssemblyAiStandIn,
    (baseUrl, clock, network) => assemblyAi({ ...SETTINGS, ...settings, baseUrl, rateHz: 8_000 }, clock, network),
    { faults },
  )

/** A session at a server that the test plays. */
const served = (onSocket: (socket: WebSocket) => void, settings: Partial<typeof SETTINGS> = {}) =>
  socketService(onSocket, (baseUrl, clock, network) =>
    assemblyAi({ ...SETTINGS, ...settings, baseUrl, rateHz: 8_000 }, clock, network),
  )
const begin = (socket: WebSocket): void => socket.send('{"type":"Begin","id":"s","expires_at":1}')
const turn = (order: number, words: string, more: object = {}): string =>
  JSON.stringify({
    ...{ type: 'Turn', turn_order: order, turn_is_formatted: false, end_of_turn: false, transcript: words },
    ...{
      end_of_turn_confidence: 0.01,
      utterance: '',
      words: words.split(' ').map(text => ({ text, start: 0, end: 1 })),
    },
    ...more,
  })

const failsAs = (retryable: boolean) =>
  expect.objectContaining({ name: 'ProviderError', provider: 'AssemblyAI', retryable })

test('words come as they are spoken, and are final when the service ends the turn', async () => {
  const { hear, quiet, heard } = await open()
  await hear(tone(600))
  await quiet(1_000)
  expect(heard).toEqual([
    { text: 'hello', final: false, ended: false, untilMs: 300 },
    { text: 'hello there', final: false, ended: false, untilMs: 600 },
    { text: 'hello there', final: true, ended: true, endOfTurn: 0.9, untilMs: 600 },
  ])
})

test('a flush ends the turn at once, and tells nothing of its likelihood', async () => {
  const { hear, quiet, flush, heard } = await open()
  await hear(tone(600))
  await quiet(100)
  flush()
  await quiet(100)
  expect(heard.at(-1)).toEqual({ text: 'hello there', final: true, ended: false, untilMs: 600 })
})

test('the next turn is told as it would be without a flush before it', async () => {
  const { hear, quiet, flush, heard, announce, time } = await open()
  await hear(tone(600))
  await quiet(20)
  flush()
  await quiet(400)
  await time.passing(announce())
  await hear(tone(600))
  await quiet(1_000)
  // A flush that fills a message up with silence moves no word (the stand-in counts in frames).
  expect(heard.at(-1)).toEqual({ text: 'hello there', final: true, ended: true, endOfTurn: 0.9, untilMs: 1_610 })
})

test('a flush before anything was said does not take the likelihood from the turn that comes', async () => {
  const { hear, quiet, flush, heard } = await open()
  await quiet(200)
  flush()
  await quiet(200)
  await hear(tone(600))
  await quiet(1_000)
  expect(heard.at(-1)).toMatchObject({ text: 'hello there', final: true, ended: true, endOfTurn: 0.9 })
})

test('a flush that comes before the first words of its turn still ends that turn by our own will', async () => {
  const { hear, flush, passing, heard } = await served(socket => {
    begin(socket)
    socket.on('message', data => {
      if (!String(data).includes('ForceEndpoint')) return
      const words = [{ text: 'yes', start: 100, end: 400 }]
      socket.send(turn(0, 'yes', { end_of_turn: true, end_of_turn_confidence: 0.15, words }))
    })
  })
  await hear(tone(600))
  flush()
  await passing(100)
  expect(heard).toEqual([{ text: 'yes', final: true, ended: false, untilMs: 400 }])
})

test('the models of the third generation write as people do', async () => {
  const { hear, quiet, heard } = await open({ model: 'u3-rt-pro' })
  await hear(tone(600))
  await quiet(1_000)
  expect(heard.at(-1)?.text).toBe('Hello there.')
})

test('sound of any length goes out in messages that the service takes', async () => {
  const { input, time, quiet, result, heard } = await open()
  await quiet(60)
  for (const ms of [20, 10, 1_700, 30]) input.push({ pcm: tone(ms), rateHz: 8_000, atMs: time.clock.now() })
  await quiet(20)
  input.push('flush')
  await quiet(300)
  expect(result).toMatchObject({ isOver: false })
  expect(heard.at(-1)).toMatchObject({ final: true })
})

test('half an hour of silence is no stall: the service reports that it is there', async () => {
  const { passing, input, time, result, call, over } = await open()
  for (let at = 0; at < 30 * 60_000; at += 1_000) {
    input.push({ pcm: silence(1_000), rateHz: 8_000, atMs: time.clock.now() })
    await passing(1_000)
  }
  expect(result.isOver).toBe(false)
  call.abort()
  await over()
  expect(result.failure).toBeUndefined()
})

test('a service that reports no more is dead', async () => {
  const { quiet, over, result, standIn } = await open({ model: 'universal-3-5-pro' })
  await quiet(16_000)
  standIn.faults.set([{ kind: 'stall' }])
  await quiet(16_000)
  await over()
  expect(result.failure).toEqual(failsAs(true))
  expect(String(result.failure)).toContain('its heartbeat stays away')
})

test('a service that does not end a turn when it is told to is dead, long before its heartbeat tells', async () => {
  const { hear, quiet, flush, over, result, standIn, time } = await open()
  await hear(tone(600))
  standIn.faults.set([{ kind: 'stall' }])
  flush()
  const beganMs = time.clock.now()
  await quiet(6_000)
  await over()
  expect(String(result.failure)).toContain('no end of the turn')
  expect(time.clock.now() - beganMs).toBeLessThan(6_100)
})

test.each([
  { model: 'universal-streaming-english', failure: failsAs(true) },
  // Its recogniser is alive: it has heard no words in the sound.
  { model: 'universal-3-5-pro', failure: undefined, beats: true },
])(
  '$model: a recogniser that tells nothing of loud speech, while pings are answered',
  async ({ model, failure, beats = false }) => {
    const { hear, quiet, flush, result } = await served(
      socket => {
        begin(socket)
        socket.on('message', (_, isBinary) => isBinary && beats && socket.send('{"type":"Heartbeat"}'))
      },
      { model },
    )
    for (let i = 0; i < 6; i++) {
      await hear(tone(1_000))
      await quiet(400)
      flush()
    }
    await quiet(1_000)
    expect(result.failure).toEqual(failure)
  },
)

test('without sound the session stays', async () => {
  const { passing, result, call, over, hear, quiet, heard } = await open()
  await passing(120_000)
  expect(result.isOver).toBe(false)
  await hear(tone(600))
  await quiet(1_000)
  expect(heard.at(-1)?.final).toBe(true)
  call.abort()
  await over()
})

test('an abort ends the session, closes the socket and leaves no listener', async () => {
  const { hear, call, over, result, time } = await open()
  await hear(tone(300))
  expect(time.network.connections()).toBeGreaterThan(0)
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
  { status: 403, retryable: false },
  { status: 429, retryable: true },
  { status: 503, retryable: true },
])('a handshake refused with $status: retryable is $retryable', async ({ status, retryable }) => {
  const { over, result } = await open({}, [{ kind: 'status', status }])
  await over()
  expect(result.failure).toEqual(failsAs(retryable))
  expect(String(result.failure)).toContain(`${status}`)
})

test('a wrong key and a wrong setting are told on the open socket, and not tried again', async () => {
  const keyless = await open({ apiKey: '' })
  await keyless.over()
  expect(keyless.result.failure).toEqual(failsAs(false))
  expect(String(keyless.result.failure)).toContain('1008 Unauthorized Connection')
  const wrong = await open({ model: 'no-such-model' })
  await wrong.over()
  expect(wrong.result.failure).toEqual(failsAs(false))
  expect(String(wrong.result.failure)).toContain('3006')
})

test.each([
  { code: 1008, error: 'Unauthorized Connection: Too many concurrent sessions', retryable: true },
  { code: 1008, error: 'Unauthorized Connection: Insufficient account balance', retryable: false },
  { code: 3005, error: 'Session Cancelled: An error occurred', retryable: true },
  { code: 3008, error: 'Session Expired: Maximum session duration exceeded', retryable: true },
  { code: 3009, error: 'Unauthorized Connection: Too many concurrent sessions', retryable: true },
])('$code $error: retryable is $retryable', async ({ code, error, retryable }) => {
  const { over, result } = await served(socket => {
    begin(socket)
    socket.send(JSON.stringify({ type: 'Error', error_code: code, error }))
    socket.close(code, error)
  })
  await over()
  expect(result.failure).toEqual(failsAs(retryable))
  expect(String(result.failure)).toContain(`${code} ${error}`)
})

test('a close without an error is judged by its code', async () => {
  const { over, result } = await served(socket => {
    begin(socket)
    socket.close(1008, 'Unauthorized Connection: Missing Authorization header')
  })
  await over()
  expect(result.failure).toEqual(failsAs(false))
})

test('a turn that comes again, formatted, is not said twice', async () => {
  const { passing, heard } = await served(socket => {
    begin(socket)
    socket.send(turn(0, 'hi i am sonny', { end_of_turn: true, end_of_turn_confidence: 0.8 }))
    socket.send(turn(0, 'Hi, I am Sonny.', { end_of_turn: true, turn_is_formatted: true }))
    socket.send(turn(1, 'and'))
  })
  await passing(100)
  expect(heard.map(({ text }) => text)).toEqual(['hi i am sonny', 'and'])
})

test('words that are not final yet are in the interim, though they are not in the transcript', async () => {
  const { passing, heard } = await served(socket => {
    begin(socket)
    socket.send(turn(0, 'hi my', { transcript: 'hi' }))
  })
  await passing(100)
  expect(heard).toEqual([{ text: 'hi my', final: false, ended: false, untilMs: 1 }])
})

test('broken and unknown messages are ignored', async () => {
  const { passing, heard, result } = await served(socket => {
    begin(socket)
    socket.send('{"type":"Turn","turn_order":')
    socket.send('{"type":"Turn"}')
    socket.send('{"type":"SpeechStarted","timestamp":1}')
    socket.send('[1,2]')
    socket.send(turn(0, 'hi', { end_of_turn_confidence: 'very' }))
  })
  await passing(100)
  expect(result.isOver).toBe(false)
  expect(heard.map(({ text }) => text)).toEqual(['hi'])
})

test('a message without end ends the session', async () => {
  const { over, result } = await served(socket => {
    begin(socket)
    socket.send(turn(0, 'la '.repeat(200_000)))
  })
  await over()
  expect(result.failure).toEqual(failsAs(true))
})

test('the session asks for what the conversation relies on, by key, language and trace', async () => {
  const { asked, passing } = await served(begin, { language: 'de-DE', traceparent: '00-a-b-01' } as object)
  await passing(100)
  expect(asked().headers).toMatchObject({ authorization: 'key', traceparent: '00-a-b-01' })
  expect(Object.fromEntries(asked().query)).toEqual({
    ...{ speech_model: 'universal-streaming-multilingual', sample_rate: '8000', encoding: 'pcm_s16le' },
    format_turns: 'false',
  })
  const guided = await served(begin, { language: 'es', model: 'universal-3-5-pro' })
  await guided.passing(100)
  expect(guided.asked().query.get('language_codes')).toBe('["es"]')
  // Other models do not know it.
  expect(guided.asked().query.get('session_heartbeat')).toBe('true')
})

test('the session is terminated, so that nobody pays for the rest of it', async () => {
  const { received, passing, call, over } = await served(begin)
  await passing(100)
  call.abort()
  await over()
  await passing(50).catch(() => undefined)
  expect(received().at(-1)).toBe('{"type":"Terminate"}')
})
