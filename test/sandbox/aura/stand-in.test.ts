import { on, once } from 'node:events'
import { DeepgramClient } from '@deepgram/sdk'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { openAuraStandIn } from '../../../src/sandbox/aura/stand-in.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'

const flite = openFlite()
afterAll(() => flite.close())
const QUICK: DelayProfile = { ...profiles.fast, firstSound: { medianMs: 5, p95Ms: 5 } }
/** As the SDK's types have it. */
const message = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('Metadata'),
    request_id: z.string(),
    model_name: z.string(),
    model_version: z.string(),
    model_uuid: z.string(),
  }),
  z.strictObject({ type: z.enum(['Flushed', 'Cleared']), sequence_id: z.number() }),
  z.strictObject({ type: z.literal('Warning'), description: z.string(), code: z.string() }),
])

async function standIn(): Promise<string> {
  const opened = await openAuraStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock }, flite)
  onTestFinished(() => opened.close())
  return opened.url
}

function dial(
  url: string,
  query: Record<string, string> = {},
  headers: Record<string, string> = { authorization: 'Token sandbox' },
) {
  const asked = new URLSearchParams({ model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: '8000', ...query })
  const socket = new WebSocket(`${url}/v1/speak?${asked}`, { headers })
  onTestFinished(() => socket.terminate())
  return socket
}

/** Says it all when the socket is open, and reads until so many messages of this type have come. */
async function said(socket: WebSocket, messages: readonly object[], until: string, times = 1) {
  socket.on('open', () => {
    for (const one of messages) socket.send(JSON.stringify(one))
  })
  const read: string[] = []
  let bytes = 0
  for await (const [data, isBinary] of on(socket, 'message')) {
    if (isBinary) bytes += data.length
    else read.push(message.parse(JSON.parse(String(data))).type)
    if (isBinary && read.at(-1) !== 'sound') read.push('sound')
    if (read.filter(type => type === until).length >= times) break
  }
  return { read, bytes }
}

const SPEAK = { type: 'Speak', text: 'Good morning. ' }
const FLUSH = { type: 'Flush' }

test('it speaks what is flushed, and says so', async () => {
  const url = await standIn()
  const { read, bytes } = await said(dial(url), [SPEAK, FLUSH, SPEAK, FLUSH], 'Flushed', 2)
  expect(read).toEqual(['Metadata', 'sound', 'Flushed', 'sound', 'Flushed'])
  const mulaw = await said(dial(url, { encoding: 'mulaw' }), [SPEAK, FLUSH], 'Flushed')
  const fine = await said(dial(url, { sample_rate: '24000' }), [SPEAK, FLUSH], 'Flushed')
  expect([mulaw.bytes * 4, fine.bytes]).toEqual([bytes, bytes * 1.5])
})

test('what is cleared is not spoken, and not flushed', async () => {
  const { read } = await said(dial(await standIn()), [SPEAK, FLUSH, { type: 'Clear' }, FLUSH], 'Flushed')
  expect(read).toEqual(['Metadata', 'Cleared', 'Flushed'])
})

test('the 21st flush of a minute, and a text that is too long, bring a warning', async () => {
  const url = await standIn()
  const flushes = Array.from({ length: 21 }, () => FLUSH)
  expect((await said(dial(url), flushes, 'Warning')).read).toContain('Warning')
  expect((await said(dial(url), flushes.slice(1), 'Flushed', 20)).read).not.toContain('Warning')
  expect((await said(dial(url), [{ type: 'Speak', text: 'x'.repeat(2_001) }], 'Warning')).read).toContain('Warning')
})

test('Close lets what was said come to its end', async () => {
  const socket = dial(await standIn())
  let bytes = 0
  socket.on('message', (data: Buffer, isBinary) => {
    bytes += isBinary ? data.length : 0
  })
  socket.on('open', () => {
    for (const one of [SPEAK, { type: 'Close' }]) socket.send(JSON.stringify(one))
  })
  expect((await once(socket, 'close'))[0]).toBe(1000)
  expect(bytes).toBeGreaterThan(4_000)
})

test.each(['{', '{"type":"Say"}', '{"type":"Speak"}'])('%s closes the socket with 1008', async text => {
  const socket = dial(await standIn())
  socket.on('open', () => socket.send(text))
  expect((await once(socket, 'close'))[0]).toBe(1008)
})

test.each([
  ['no key', {}, {}, 401],
  ['an unknown model', { model: 'nova-3' }, { authorization: 'Token t' }, 400],
  ['an unknown encoding', { encoding: 'mp3' }, { authorization: 'Token t' }, 400],
  ['an unknown rate', { sample_rate: '22050' }, { authorization: 'Token t' }, 400],
])('%s is refused', async (_, query, headers, status) => {
  const socket = dial(await standIn(), query, headers)
  socket.on('error', () => undefined)
  expect((await once(socket, 'unexpected-response'))[1].statusCode).toBe(status)
})

test('the vendor’s client speaks, is told of flushes, and clears; and lists the voices', async () => {
  const url = await standIn()
  const client = new DeepgramClient({ apiKey: 'sandbox', baseUrl: url })
  const socket = await client.speak.v1.connect({
    ...{ model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: '8000' },
    ...{ reconnectAttempts: 0, Authorization: 'Token sandbox' },
  })
  onTestFinished(() => socket.close())
  const read: string[] = []
  const cleared = Promise.withResolvers<void>()
  const flushed = Promise.withResolvers<void>()
  socket.on('message', told => {
    // Sound is a blob, which has an empty type.
    const type = (typeof told === 'object' && 'type' in told && told.type) || 'sound'
    if (read.at(-1) !== type) read.push(type)
    if (type === 'Flushed') flushed.resolve()
    if (type === 'Cleared') cleared.resolve()
  })
  socket.connect()
  await socket.waitForOpen()
  socket.sendText({ type: 'Speak', text: 'Good morning.' })
  socket.sendFlush({ type: 'Flush' })
  await flushed.promise
  socket.sendClear({ type: 'Clear' })
  await cleared.promise
  expect(read).toEqual(['Metadata', 'sound', 'Flushed', 'Cleared'])
  const { tts = [] } = await client.manage.v1.models.list()
  expect(tts.map(({ canonical_name }) => canonical_name)).toContain('aura-2-viktoria-de')
})
