import { on, once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { decodeMulaw } from '../../../src/audio/mulaw.ts'
import { systemClock } from '../../../src/clock.ts'
import { type Flite, openFlite } from '../../../src/flite/flite.ts'
import { AGENT_VOICE, openCartesiaStandIn } from '../../../src/sandbox/cartesia/stand-in.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const flite = openFlite()
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
const HEADERS = { authorization: 'Bearer sandbox', 'cartesia-version': '2026-08-14' }
const message = z.looseObject({
  type: z.string(),
  context_id: z.string().optional(),
  data: z.string().optional(),
  status_code: z.number().optional(),
  flush_id: z.number().optional(),
  word_timestamps: z
    .object({ words: z.array(z.string()), start: z.array(z.number()), end: z.array(z.number()) })
    .optional(),
})
type Message = z.infer<typeof message>

async function standIn({ faults = [], profile = QUICK }: { faults?: readonly Fault[]; profile?: DelayProfile } = {}) {
  const opened = await openCartesiaStandIn({ port: 0, profile, seed: 1, clock: systemClock, faults }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

function dial(url: string, headers: Readonly<Record<string, string>> = HEADERS, query = ''): WebSocket {
  const socket = new WebSocket(`${url}/tts/websocket${query}`, { headers })
  onTestFinished(() => socket.terminate())
  return socket
}

async function connected(url: string): Promise<WebSocket> {
  const socket = dial(url)
  await once(socket, 'open')
  return socket
}

async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined)
  return (await once(socket, 'unexpected-response'))[1].statusCode
}

function ask(socket: WebSocket, transcript: string, more: object = {}): void {
  const request = {
    model_id: 'sonic-3',
    transcript,
    voice: { mode: 'id', id: 'any' },
    language: 'en',
    context_id: 'c1',
    continue: false,
    add_timestamps: true,
    output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 8_000 },
  }
  socket.send(JSON.stringify({ ...request, ...more }))
}

async function until(socket: WebSocket, ...types: readonly string[]): Promise<readonly Message[]> {
  const read: Message[] = []
  for await (const [data] of on(socket, 'message')) {
    const last = message.parse(JSON.parse(String(data)))
    read.push(last)
    if (types.includes(last.type)) break
  }
  return read
}

const soundOf = (messages: readonly Message[]): Buffer =>
  Buffer.concat(messages.flatMap(({ data }) => (data === undefined ? [] : [Buffer.from(data, 'base64')])))
const wordsOf = (messages: readonly Message[]) => messages.flatMap(({ word_timestamps }) => word_timestamps ?? [])

test.each([8_000, 16_000, 24_000])('speech comes in pieces of 100 ms at %i Hz, with its words', async rateHz => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello there, how are you?', {
    output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: rateHz },
  })
  const read = await until(socket, 'done')
  const chunks = read.filter(({ type }) => type === 'chunk')
  const spoken = await flite.synthesize('Hello there, how are you?', AGENT_VOICE, new AbortController().signal)
  const seconds = soundOf(read).length / 2 / rateHz
  expect(seconds).toBeCloseTo(spoken.pcm.length / spoken.rateHz, 2)
  expect(Buffer.from(chunks[0]?.data ?? '', 'base64')).toHaveLength(rateHz / 5)
  expect(chunks).toHaveLength(Math.ceil(seconds * 10))
  const [times] = wordsOf(read)
  expect(times?.words).toEqual(['Hello', 'there,', 'how', 'are', 'you?'])
  expect(times?.end.at(-1)).toBeLessThan(seconds)
  expect(read.at(-1)).toMatchObject({ type: 'done', context_id: 'c1', status_code: 200 })
})

test('mu-law is as loud as the samples', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello there.', { output_format: { container: 'raw', encoding: 'pcm_mulaw', sample_rate: 8_000 } })
  expect(loudnessDb(decodeMulaw(soundOf(await until(socket, 'done'))))).toBeGreaterThan(-30)
})

test('the pieces of a context are one speech, and their words go on from each other', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello there. ', { continue: true })
  ask(socket, 'How are ', { continue: true })
  ask(socket, 'you?', { continue: true })
  ask(socket, '')
  const read = await until(socket, 'done')
  const [first, second] = wordsOf(read)
  expect([first?.words, second?.words]).toEqual([
    ['Hello', 'there.'],
    ['How', 'are', 'you?'],
  ])
  expect(second?.start[0]).toBeGreaterThan(first?.end.at(-1) ?? 0)
  expect(second?.end.at(-1)).toBeLessThan(soundOf(read).length / 16_000)
})

test('text without an end is held for its delay, then spoken', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello there', { continue: true, max_buffer_delay_ms: 50 })
  expect((await until(socket, 'chunk')).at(-1)).toMatchObject({ type: 'chunk' })
})

test('a flush speaks what is held and says when that is done', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello there', { continue: true })
  ask(socket, '', { continue: true, flush: true })
  const read = await until(socket, 'flush_done')
  expect(wordsOf(read)[0]?.words).toEqual(['Hello', 'there'])
  expect(read.at(-1)).toMatchObject({ flush_id: 1, context_id: 'c1' })
})

test('nothing comes of a context after its cancel, and others go on', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'This is never heard.')
  socket.send(JSON.stringify({ context_id: 'c1', cancel: true }))
  ask(socket, 'This is heard.', { context_id: 'c2' })
  const read = await until(socket, 'done')
  expect(new Set(read.map(({ context_id }) => context_id))).toEqual(new Set(['c2']))
})

test('the first sound comes after the delay of the profile', async () => {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network, outside } = time
  const profile = { ...QUICK, firstSound: { medianMs: 150, p95Ms: 150 } }
  const serve = (app: FastifyInstance) => network.serve('cartesia', app)
  const spoken: Flite = { ...flite, synthesize: (...asked) => outside.during(flite.synthesize(...asked)) }
  const { url } = await openCartesiaStandIn({ serve, profile, seed: 1, clock }, spoken)
  const { agent } = network
  const socket = new WebSocket(`${url}/tts/websocket`, { headers: HEADERS, ...(agent && { agent }) })
  await time.passing(once(socket, 'open'))
  const askedMs = clock.now()
  ask(socket, 'Soon.')
  await time.passing(until(socket, 'chunk'))
  expect(clock.now() - askedMs).toBeCloseTo(150)
  socket.terminate()
})

test.each([
  ['an unknown encoding', { output_format: { container: 'raw', encoding: 'pcm_alaw', sample_rate: 8_000 } }, 'c1'],
  ['an unknown rate', { output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 11_025 } }, 'c1'],
  ['no context', { context_id: undefined }, undefined],
])('a request with %s is answered by an error frame', async (_what, wrong, contextId) => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello.', wrong)
  const [error] = await until(socket, 'error')
  expect(error).toMatchObject({ type: 'error', status_code: 400, message: expect.any(String) })
  expect(error?.context_id).toBe(contextId)
})

test.each(['', ' ', '...', '— ', '👍', '"'])(
  'a context that begins with "%s" is refused, as the vendor refuses it',
  async text => {
    const socket = await connected(await standIn())
    ask(socket, text, { continue: true })
    ask(socket, 'Hello.', { context_id: 'c2' })
    const read = await until(socket, 'done')
    expect(read[0]).toMatchObject({
      type: 'error',
      status_code: 400,
      context_id: 'c1',
      message: 'transcript empty or contains only punctuation',
    })
    expect(wordsOf(read)[0]?.words).toEqual(['Hello.'])
  },
)

test('after its first words a context takes white space, punctuation, and an empty end', async () => {
  const socket = await connected(await standIn())
  ask(socket, 'Hello. ', { continue: true })
  ask(socket, ' ', { continue: true })
  ask(socket, '... ', { continue: true })
  ask(socket, '')
  expect((await until(socket, 'done', 'error')).at(-1)).toMatchObject({ type: 'done', context_id: 'c1' })
})

test('what is not JSON is answered by an error frame', async () => {
  const socket = await connected(await standIn())
  socket.send('Hello')
  expect(await until(socket, 'error')).toMatchObject([{ status_code: 400 }])
})

test('more contexts at once than a plan allows are refused, without harm to the others', async () => {
  const socket = await connected(await standIn())
  for (let i = 0; i <= 20; i++) ask(socket, 'Wait', { context_id: `c${i}`, continue: true })
  expect((await until(socket, 'error')).at(-1)).toMatchObject({ status_code: 429, context_id: 'c20' })
})

test('a handshake without key or version is refused, and a key may be in the query', async () => {
  const url = await standIn()
  expect(await refused(dial(url, { 'cartesia-version': '2026-08-14' }))).toBe(401)
  expect(await refused(dial(url, { authorization: 'Bearer sandbox' }))).toBe(400)
  await once(dial(url, {}, '?api_key=sandbox&cartesia_version=2026-08-14'), 'open')
})

test('a status refuses the next handshake, or the next request of an open socket', async () => {
  const url = await standIn({ faults: [{ kind: 'status', status: 503 }] })
  expect(await refused(dial(url))).toBe(503)
  const socket = await connected(url)
  const body = JSON.stringify({ faults: [{ kind: 'status', status: 429 }] })
  await fetch(`${url}/sandbox/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  ask(socket, 'Hello.')
  expect(await until(socket, 'error')).toMatchObject([{ status_code: 429, context_id: 'c1' }])
  ask(socket, 'Hello.', { context_id: 'c2' })
  expect((await until(socket, 'done')).at(-1)).toMatchObject({ context_id: 'c2' })
})

test('a drop in the middle of speech closes the socket', async () => {
  const socket = await connected(await standIn({ faults: [{ kind: 'drop', afterMessages: 3 }] }))
  const closed = once(socket, 'close')
  ask(socket, 'Hello there, how are you?')
  expect((await closed)[0]).toBe(1006)
})

test('a stalled socket sends no more, and the next one does', async () => {
  const url = await standIn({ faults: [{ kind: 'stall', afterMessages: 2 }] })
  const [stalled, well] = [await connected(url), await connected(url)]
  const got: unknown[] = []
  stalled.on('message', data => got.push(data))
  ask(stalled, 'Hello there.')
  ask(well, 'Hello there.')
  await until(well, 'done')
  stalled.ping()
  await once(stalled, 'pong')
  expect(got).toHaveLength(2)
  expect(stalled.readyState).toBe(WebSocket.OPEN)
})

test('a malformed frame is not JSON', async () => {
  const socket = await connected(await standIn({ faults: [{ kind: 'malformed' }] }))
  const broken = once(socket, 'message')
  ask(socket, 'Hello.')
  const [data] = await broken
  expect(() => JSON.parse(String(data))).toThrow(SyntaxError)
})
