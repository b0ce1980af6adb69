import { on, once } from 'node:events'
import { DeepgramClient } from '@deepgram/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../../src/clock.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import { joined, mulaw, silence, tone } from '../caller/sounds.ts'

const QUICK: DelayProfile = { ...profiles.fast, interim: { medianMs: 1, p95Ms: 1 } }
const HELLO = {
  words: [
    { text: 'Hello', startMs: 0, endMs: 300 },
    { text: 'there.', startMs: 300, endMs: 600 },
  ],
  voicedFromMs: 0,
}
const PARAMETERS = {
  model: 'flux-general-en',
  encoding: 'mulaw',
  sample_rate: '8000',
  eager_eot_threshold: '0.4',
  tag: 'call:CA1',
}

async function standIn(): Promise<string> {
  const opened = await openDeepgramStandIn({ port: 0, profile: QUICK, seed: 1, clock: systemClock })
  onTestFinished(() => opened.close())
  const body = JSON.stringify({ utterances: [HELLO] })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${opened.url}/sandbox/utterances/CA1`, { method: 'POST', headers, body })
  return opened.url
}

function dial(url: string, parameters: Readonly<Record<string, string>> = PARAMETERS, authorization = 'Token sandbox') {
  const socket = new WebSocket(`${url}/v2/listen?${new URLSearchParams(parameters)}`, { headers: { authorization } })
  onTestFinished(() => socket.terminate())
  return socket
}

/** Reads messages up to the first match. */
async function until(socket: WebSocket, pattern: RegExp): Promise<readonly string[]> {
  const read: string[] = []
  for await (const [data] of on(socket, 'message')) {
    read.push(String(data))
    if (pattern.test(String(data))) break
  }
  return read
}

async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

test('the SDK gets the turn, its eager end and its end', async () => {
  const client = new DeepgramClient({ apiKey: 'sandbox', baseUrl: (await standIn()).replace('http', 'ws') })
  const socket = await client.listen.v2.connect({
    model: 'flux-general-en',
    encoding: 'linear16',
    sample_rate: 8_000,
    eager_eot_threshold: 0.4,
    tag: 'call:CA1',
    reconnectAttempts: 0,
    Authorization: 'Token sandbox',
  })
  onTestFinished(() => socket.close())
  const events: string[] = []
  const said = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  socket.on('message', message => {
    if (message.type !== 'TurnInfo') return void events.push(message.type)
    if (message.transcript !== '') events.push(`${message.event} ${message.transcript}`)
    if (message.transcript === 'Hello there.') said.resolve()
    if (message.event === 'EndOfTurn') ended.resolve()
  })
  socket.connect()
  await socket.waitForOpen()
  for (let at = 0; at < 640; at += 80) socket.sendMedia(joined(tone(600), silence(40)).slice(at * 8, (at + 80) * 8))
  await said.promise
  for (let at = 0; at < 800; at += 80) socket.sendMedia(silence(80))
  await ended.promise
  expect(events.slice(0, 2)).toEqual(['Connected', expect.stringMatching(/^StartOfTurn Hello/)])
  expect(events.filter(text => !/^(?:StartOfTurn|Update) /.test(text)).slice(1)).toEqual([
    'EagerEndOfTurn Hello there.',
    'EndOfTurn Hello there.',
  ])
})

test('CloseStream gives the words that are left, no end of turn, and a close without a code', async () => {
  const socket = dial(await standIn())
  await once(socket, 'open')
  const closed = once(socket, 'close')
  socket.send(mulaw(tone(600), silence(20)))
  socket.send('{"type":"CloseStream"}')
  const read = await until(socket, /Hello there\./)
  expect(read.some(text => text.includes('EndOfTurn'))).toBe(false)
  expect((await closed)[0]).toBe(1005)
})

test('Configure is answered, whether it succeeds or fails', async () => {
  const socket = dial(await standIn())
  await once(socket, 'open')
  socket.send('{"type":"Configure","thresholds":{"eot_threshold":0.9}}')
  expect((await until(socket, /Configure/)).at(-1)).toContain('"eot_threshold":0.9,"eager_eot_threshold":0.4')
  socket.send('{"type":"Configure","thresholds":{"eot_threshold":2}}')
  expect((await until(socket, /Configure/)).at(-1)).toContain('ConfigureFailure')
})

test.each(['{"type":"KeepAlive"}', '{"type":"Finalize"}', '{"type":"ForceEndTurn"}', 'Finalize, please'])(
  '%s is not a message of this service: it gets an error, and the session is closed',
  async text => {
    const socket = dial(await standIn())
    await once(socket, 'open')
    const closed = once(socket, 'close')
    socket.send(text)
    const [error = ''] = (await until(socket, /Error/)).slice(-1)
    expect(JSON.parse(error)).toMatchObject({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE', sequence_id: 1 })
    expect((await closed)[0]).toBe(1005)
  },
)

test.each([
  ['no model', { model: '' }],
  ['a model of the other socket', { model: 'nova-3' }],
  ['an unknown encoding', { encoding: 'opus' }],
  ['no rate', { sample_rate: '' }],
  ['a threshold that is too high', { eot_threshold: '1.5' }],
  ['an eager threshold that is too low', { eager_eot_threshold: '0.1' }],
  ['an eager threshold above the other', { eager_eot_threshold: '0.8' }],
  ['a timeout that is too short', { eot_timeout_ms: '100' }],
])('a session with %s is refused', async (_what, wrong) => {
  expect(await refused(dial(await standIn(), { ...PARAMETERS, ...wrong }))).toBe(400)
})

test('a session without a key is refused', async () => {
  expect(await refused(dial(await standIn(), PARAMETERS, ''))).toBe(401)
})
