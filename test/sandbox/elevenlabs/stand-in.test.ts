import { on, once } from 'node:events'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import { openElevenLabsStandIn } from '../../../src/sandbox/elevenlabs/stand-in.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { hastyClock } from '../twilio/hasty-clock.ts'

const flite = openFlite()
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
const KEY = { 'xi-api-key': 'sandbox' }
const VOICE = 'EXAVITQu4vr4xnSDxMaL'

const letters = z.strictObject({
  chars: z.array(z.string()),
  charStartTimesMs: z.array(z.int()),
  charDurationsMs: z.array(z.int()),
})
/** As the SDK's types have it. */
const message = z.union([
  z.strictObject({
    audio: z.string(),
    isFinal: z.null(),
    contextId: z.string(),
    alignment: letters.nullable(),
    normalizedAlignment: letters.nullable(),
  }),
  z.strictObject({ isFinal: z.literal(true), contextId: z.string() }),
  z.strictObject({ message: z.string(), error: z.string(), code: z.number() }),
])

async function standIn({ clock = systemClock, faults = [] }: { clock?: Clock; faults?: readonly Fault[] } = {}) {
  const opened = await openElevenLabsStandIn({ port: 0, profile: QUICK, seed: 1, clock, faults }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

function dial(url: string, query: Record<string, string> = {}, headers: Record<string, string> = KEY, voice = VOICE) {
  const asked = new URLSearchParams({ output_format: 'pcm_8000', sync_alignment: 'true', auto_mode: 'true', ...query })
  const socket = new WebSocket(`${url}/v1/text-to-speech/${voice}/multi-stream-input?${asked}`, { headers })
  onTestFinished(() => socket.terminate())
  return socket
}

async function connected(url: string, query: Record<string, string> = {}): Promise<WebSocket> {
  const socket = dial(url, query)
  await once(socket, 'open')
  return socket
}

async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined)
  return (await once(socket, 'unexpected-response'))[1].statusCode
}

const say = (socket: WebSocket, ...messages: readonly object[]): void => {
  for (const one of messages) socket.send(JSON.stringify(one))
}

/** Reads to the end of so many contexts. */
async function until(socket: WebSocket, finals: number) {
  const read: z.infer<typeof message>[] = []
  for await (const [data] of on(socket, 'message')) {
    read.push(message.parse(JSON.parse(String(data))))
    if (read.filter(one => 'isFinal' in one && one.isFinal).length >= finals) break
  }
  return read
}
const written = (read: readonly z.infer<typeof message>[], key: 'alignment' | 'normalizedAlignment' = 'alignment') =>
  read.map(one => ('audio' in one ? (one[key]?.chars.join('') ?? '') : '')).join('')
const bytes = (read: readonly z.infer<typeof message>[]): number =>
  read.reduce((sum, one) => sum + ('audio' in one ? Buffer.from(one.audio, 'base64').length : 0), 0)

test('a context speaks what is flushed, letter by letter, and ends when it is closed', async () => {
  const socket = await connected(await standIn())
  say(socket, { text: ' ', context_id: 'a' }, { text: 'Good morning. ', context_id: 'a', flush: true })
  say(socket, { text: 'How are you? ', context_id: 'a' }, { text: 'Lost', context_id: 'a' })
  say(socket, { context_id: 'a', close_context: true }, { context_id: 'a', close_context: true })
  const read = await until(socket, 1)
  expect(written(read)).toBe('Good morning. How are you? ')
  expect(written(read, 'normalizedAlignment')).toBe(' Good morning.  How are you? ')
  expect(bytes(read)).toBeGreaterThan(8_000)
})

test('formats, and letters with the first piece alone where they were not asked for with each', async () => {
  const url = await standIn()
  const sizes = await Promise.all(
    ['pcm_8000', 'pcm_24000', 'ulaw_8000'].map(async output_format => {
      const socket = await connected(url, { output_format, sync_alignment: 'false' })
      say(socket, { text: 'Good morning. ', context_id: 'a', flush: true }, { context_id: 'a', close_context: true })
      const read = await until(socket, 1)
      expect(read.filter(one => 'audio' in one && one.alignment).length).toBe(1)
      return bytes(read)
    }),
  )
  expect(sizes).toEqual([sizes[0], (sizes[0] ?? 0) * 3, (sizes[0] ?? 0) / 2])
})

test.each([
  ['no key', {}, {}, VOICE, 401],
  ['an unknown format', { output_format: 'pcm_8001' }, KEY, VOICE, 400],
  ['an unknown model', { model_id: 'eleven_v9' }, KEY, VOICE, 400],
  ['a wait that is too long', { inactivity_timeout: '181' }, KEY, VOICE, 400],
  ['a language for a model that takes none', { language_code: 'de' }, KEY, VOICE, 400],
  ['an unknown voice', {}, KEY, 'nobody', 404],
] as const)('%s is refused', async (_, query, headers, voice, status) => {
  expect(await refused(dial(await standIn(), query, headers, voice))).toBe(status)
})

test.each([
  ['what is no JSON', ['{'], /schema/],
  ['what is no request', ['{"text":7}'], /schema/],
  [
    'a context that an empty text began, and that then gets its settings',
    ['{"text":"","context_id":"a"}', '{"text":" ","context_id":"a","voice_settings":{}}'],
    /voice_settings/,
  ],
  [
    'a sixth context',
    [1, 2, 3, 4, 5, 6].map(id => `{"text":" ","context_id":"${id}"}`),
    /Maximum simultaneous contexts/,
  ],
])('%s closes the socket with 1008', async (_, messages, reason) => {
  const socket = await connected(await standIn())
  for (const text of messages) socket.send(text)
  const [code, why] = await once(socket, 'close')
  expect([code, String(why)]).toEqual([1008, expect.stringMatching(reason)])
})

test('a socket on which nothing is said for so long is closed', async () => {
  const socket = await connected(await standIn({ clock: hastyClock(100) }), { inactivity_timeout: '10' })
  const [code, why] = await once(socket, 'close')
  expect([code, String(why)]).toEqual([1008, expect.stringMatching(/within the timeout of 10 seconds/)])
})

test('close_socket lets what is spoken come to its end', async () => {
  const socket = await connected(await standIn())
  say(socket, { text: 'Good morning. ', context_id: 'a', flush: true }, { close_socket: true })
  const sizes: number[] = []
  socket.on('message', data => void sizes.push(String(data).length))
  const [code] = await once(socket, 'close')
  expect(code).toBe(1000)
  expect(sizes.length).toBeGreaterThan(3)
})
