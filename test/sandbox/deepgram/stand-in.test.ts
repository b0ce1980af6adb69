import { on, once } from 'node:events'
import { DeepgramClient } from '@deepgram/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { joined, mulaw, silence, tone } from '../caller/sounds.ts'

const QUICK: DelayProfile = {
  ...profiles.fast,
  interim: { medianMs: 5, p95Ms: 5 },
  final: { medianMs: 30, p95Ms: 30, after: 'last-word' },
}
const HELLO = {
  words: [
    { text: 'Hello', startMs: 0, endMs: 300 },
    { text: 'there.', startMs: 300, endMs: 600 },
  ],
  voicedFromMs: 0,
}
const PARAMETERS = {
  model: 'nova-3',
  encoding: 'mulaw',
  sample_rate: '8000',
  interim_results: 'true',
  endpointing: '300',
  utterance_end_ms: '1000',
  punctuate: 'true',
  extra: 'call:CA1',
}

async function standIn({
  clock = systemClock,
  faults = [],
}: {
  clock?: Clock
  faults?: readonly Fault[]
} = {}): Promise<string> {
  const opened = await openDeepgramStandIn({ port: 0, profile: QUICK, seed: 1, clock, faults })
  onTestFinished(() => opened.close())
  return opened.url
}

async function announce(url: string, tag: string, utterances: readonly object[]): Promise<number> {
  const body = JSON.stringify({ utterances })
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/sandbox/utterances/${tag}`, { method: 'POST', headers, body })).status
}

function dial(url: string, parameters: Readonly<Record<string, string>> = PARAMETERS, authorization = 'Token sandbox') {
  const socket = new WebSocket(`${url}/v1/listen?${new URLSearchParams(parameters)}`, { headers: { authorization } })
  onTestFinished(() => socket.terminate())
  return socket
}

async function connected(url: string, parameters?: Readonly<Record<string, string>>): Promise<WebSocket> {
  const socket = dial(url, parameters)
  await once(socket, 'open')
  return socket
}

async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}

/** Reads messages up to the first match; returns the text of each. */
async function until(socket: WebSocket, pattern: RegExp): Promise<readonly string[]> {
  const read: string[] = []
  for await (const [data] of on(socket, 'message')) {
    read.push(String(data))
    if (pattern.test(String(data))) break
  }
  return read
}

test('the SDK gets interims, a final, speech_final and the end of the utterance', async () => {
  const url = await standIn()
  expect(await announce(url, 'CA1', [HELLO])).toBe(204)
  const client = new DeepgramClient({ apiKey: 'sandbox', baseUrl: url })
  const socket = await client.listen.v1.connect({
    model: 'nova-3',
    encoding: 'linear16',
    sample_rate: 8_000,
    interim_results: 'true',
    endpointing: 300,
    utterance_end_ms: 1_000,
    punctuate: 'true',
    extra: 'call:CA1',
    reconnectAttempts: 0,
    Authorization: 'Token sandbox',
  })
  onTestFinished(() => socket.close())
  const transcripts: string[] = []
  const ended = Promise.withResolvers<void>()
  const final = Promise.withResolvers<void>()
  socket.on('message', message => {
    if (message.type === 'UtteranceEnd') ended.resolve()
    if (message.type !== 'Results') return
    const { transcript, words } = message.channel.alternatives[0] ?? { transcript: '', words: [] }
    transcripts.push(
      `${transcript} ${message.is_final ? 'final' : 'interim'} ${message.speech_final ? 'ended' : ''}`.trim(),
    )
    if (!message.is_final) return
    expect(words[1]).toMatchObject({ word: 'there', punctuated_word: 'there.', start: 0.5, end: 0.8 })
    final.resolve()
  })
  socket.connect()
  await socket.waitForOpen()
  const sound = joined(silence(200), tone(600), silence(400))
  for (let at = 0; at < sound.length; at += 160) socket.sendMedia(sound.slice(at, at + 160))
  await final.promise
  socket.sendMedia(silence(800))
  await ended.promise
  expect(transcripts).toContain('Hello there interim')
  expect(transcripts).toContain('Hello there. final ended')
})

test('mu-law is accepted too, and Finalize brings the words at once', async () => {
  const url = await standIn()
  await announce(url, 'CA1', [HELLO])
  const socket = await connected(url)
  socket.send(mulaw(silence(100), tone(600), silence(40)))
  socket.send('{"type":"Finalize"}')
  const read = await until(socket, /"is_final":true/)
  expect(JSON.parse(read.at(-1) ?? '')).toMatchObject({
    from_finalize: true,
    speech_final: false,
    channel: { alternatives: [{ transcript: 'Hello there.' }] },
  })
})

test('each session hears the script of its own call', async () => {
  const url = await standIn()
  await announce(url, 'CA2', [HELLO])
  const [first, second] = [await connected(url), await connected(url, { ...PARAMETERS, extra: 'call:CA2' })]
  for (const socket of [first, second]) {
    socket.send(mulaw(tone(600), silence(20)))
    socket.send('{"type":"Finalize"}')
  }
  const transcripts = await Promise.all(
    [first, second].map(async socket => (await until(socket, /"is_final":true/)).at(-1)),
  )
  expect(transcripts.map(text => JSON.parse(text ?? '').channel.alternatives[0].transcript)).toEqual([
    '',
    'Hello there.',
  ])
})

test('CloseStream gives the last words, the metadata, and close 1000', async () => {
  const url = await standIn()
  await announce(url, 'CA1', [HELLO])
  const socket = await connected(url)
  const closed = once(socket, 'close')
  socket.send(mulaw(tone(600), silence(20)))
  socket.send('{"type":"CloseStream"}')
  const read = await until(socket, /"Metadata"/)
  expect(JSON.parse(read.at(-2) ?? '')).toMatchObject({ type: 'Results', is_final: true })
  expect(JSON.parse(read.at(-1) ?? '')).toMatchObject({ duration: 0.62, channels: 1 })
  expect((await closed)[0]).toBe(1000)
})

test.each([
  [1_999, 'Hello there.'],
  [2_000, ''],
])(
  'announced words stay for another session of the same call for 2 s: after %d ms they are "%s"',
  async (ms, heard) => {
    const clock = new FakeClock()
    const url = await standIn({ clock })
    await announce(url, 'CA1', [HELLO])
    const first = await connected(url)
    first.send('{"type":"CloseStream"}')
    await once(first, 'close')
    // The stand-in handles the close before it answers this: its only timer then is the one that drops the words.
    await announce(url, 'CA2', [HELLO])
    await expect.poll(() => clock.pending).toBe(1)
    await clock.advance(ms)
    const second = await connected(url)
    second.send(mulaw(tone(600), silence(20)))
    second.send('{"type":"Finalize"}')
    second.ping()
    await once(second, 'pong')
    const final = until(second, /"is_final":true/)
    await clock.advance(1_000)
    expect((await final).at(-1)).toContain(`"transcript":"${heard}"`)
  },
)

test('ten seconds without audio or KeepAlive close the session with 1011', async () => {
  const clock = new FakeClock()
  const socket = await connected(await standIn({ clock }))
  const closed = once(socket, 'close')
  await clock.advance(9_000)
  socket.send('{"type":"KeepAlive"}')
  socket.ping()
  await once(socket, 'pong')
  await clock.advance(9_000)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  await clock.advance(1_000)
  const [code, reason] = await closed
  expect([code, String(reason)]).toEqual([1011, 'NET-0001'])
})

test.each([
  ['no encoding', { encoding: '' }, 400],
  ['an unknown encoding', { encoding: 'opus' }, 400],
  ['no rate', { sample_rate: '0' }, 400],
  ['a rate that is not a number', { sample_rate: 'fast' }, 400],
  ['no model', { model: '' }, 400],
])('a session with %s is refused', async (_what, wrong, status) => {
  expect(await refused(dial(await standIn(), { ...PARAMETERS, ...wrong }))).toBe(status)
})

test('a session without a key is refused', async () => {
  expect(await refused(dial(await standIn(), PARAMETERS, ''))).toBe(401)
})

test('an invalid message closes the session', async () => {
  const socket = await connected(await standIn())
  socket.send('Finalize, please')
  expect((await once(socket, 'close'))[0]).toBe(1008)
})

test('an invalid announcement is refused', async () => {
  expect(await announce(await standIn(), 'CA1', [{ words: 'Hello' }])).toBe(400)
})

test('faults can be set over HTTP while a session is open', async () => {
  const url = await standIn()
  const socket = await connected(url)
  const fault = (method: string, body?: object): Promise<Response> =>
    fetch(`${url}/sandbox/faults`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  expect((await fault('POST', { faults: [{ kind: 'explode' }] })).status).toBe(400)
  await fault('POST', { faults: [{ kind: 'malformed' }, { kind: 'status', status: 503 }] })
  socket.send('{"type":"Finalize"}')
  const [broken] = await once(socket, 'message')
  expect(() => JSON.parse(String(broken))).toThrow(SyntaxError)
  expect(await refused(dial(url))).toBe(503)
  expect(await (await fault('GET')).json()).toEqual({ faults: [] })
  await fault('POST', { faults: [{ kind: 'drop' }] })
  expect((await once(socket, 'close'))[0]).toBe(1006)
})
