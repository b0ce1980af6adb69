import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { type PhoneLineNote, phoneLine } from '../../../src/channels/phone/channel.ts'
import type { StreamMessage } from '../../../src/channels/phone/messages.ts'
import type { Inbound, Next } from '../../../src/conversation/ports.ts'
import { FakeClock } from '../../fakes/clock.ts'

const FRAME_MS = 20
const payload = Buffer.alloc(160, 0xff).toString('base64')
const media = (timestamp: number, track = 'inbound', streamSid = 'MZ1'): StreamMessage => ({
  event: 'media',
  streamSid,
  media: { track, chunk: 1, timestamp, payload },
})

/** A line in virtual time that records everything that goes through it. */
function open() {
  const clock = new FakeClock()
  const notes: PhoneLineNote[] = []
  const sent: string[] = []
  const recorded: number[] = []
  /** What is recorded of the agent, and until when it was heard where it was cut. */
  const agent: (readonly [what: string, atMs: number])[] = []
  const closed: (Next | undefined)[] = []
  const came: Inbound[] = []
  const lifetime = new AbortController()
  const line = phoneLine({
    streamSid: 'MZ1',
    clock,
    recorder: {
      caller: (_, positionMs) => recorded.push(positionMs),
      agent: (_, playsAtMs) => agent.push(['plays', playsAtMs]),
      moveAgent: fromMs => agent.push(['moves', fromMs]),
      cutAgent: atMs => agent.push(['is cut', atMs]),
    },
    note: note => notes.push(note),
    send: message => sent.push(message),
    giveUp: async next => {
      closed.push(next)
    },
  })
  async function read(): Promise<void> {
    for await (const inbound of line.inbound(lifetime.signal)) came.push(inbound)
  }
  return { clock, notes, sent, recorded, agent, closed, came, lifetime, line, reading: read() }
}
const kinds = (came: readonly Inbound[]): readonly string[] => came.map(({ kind }) => kind)

test('sound and digits arrive in order, and the sound is recorded', async () => {
  const { line, came, recorded, lifetime, reading } = open()
  line.receive(media(7))
  line.receive({ event: 'dtmf', streamSid: 'MZ1', dtmf: { digit: '#' } })
  line.receive(media(27))
  lifetime.abort()
  await reading
  expect(kinds(came)).toEqual(['audio', 'digit', 'audio'])
  expect(came[1]).toEqual({ kind: 'digit', digit: '#' })
  expect(recorded).toEqual([7, 27])
})

test('what a companion does arrives in order too, and nothing of it after a stop', async () => {
  const { line, came, reading } = open()
  line.joined()
  line.typed('add milk')
  line.receive({ event: 'stop', streamSid: 'MZ1' })
  line.typed('add eggs')
  line.joined()
  await reading
  expect(came).toEqual([
    { kind: 'joined' },
    { kind: 'typed', text: 'add milk' },
    { kind: 'gone', why: 'the caller hung up' },
  ])
})

test('what a barge-in takes off the line is cut from the recording', async () => {
  const { line, clock, agent, lifetime, reading } = open()
  const stop = new AbortController()
  const noise = Int16Array.from({ length: 8_000 }, (_, i) => ((i * 7_919) % 20_011) - 10_000)
  async function* speech() {
    yield { kind: 'audio' as const, frame: { pcm: noise, rateHz: 8_000 as const } }
    await clock.sleep(10_000, stop.signal)
  }
  const played = (async () => {
    for await (const _ of line.play(speech(), stop.signal));
  })().catch(() => undefined)
  await clock.advance(400)
  expect(agent.every(([what]) => what === 'plays')).toBe(true)
  const cutMs = clock.now()
  stop.abort(new Error('the caller spoke'))
  await clock.advance(0)
  await played
  const [what, atMs = 0] = agent.at(-1) ?? []
  expect(what).toBe('is cut')
  expect(Math.abs(atMs - cutMs)).toBeLessThanOrEqual(FRAME_MS)
  lifetime.abort()
  await reading
})

test('a stop ends the line once; later messages are ignored', async () => {
  const { line, came, clock, reading } = open()
  line.receive({ event: 'stop', streamSid: 'MZ1' })
  line.lost('the line closed')
  line.receive(media(7))
  line.receive({ event: 'stop', streamSid: 'MZ1' })
  await reading
  expect(came).toEqual([{ kind: 'gone', why: 'the caller hung up' }])
  // Nothing waits on: what waits holds the sound of the call.
  expect(clock.pending).toBe(0)
})

test.each<[string, StreamMessage]>([
  ['media of another stream', media(7, 'inbound', 'MZ2')],
  ['stop of another stream', { event: 'stop', streamSid: 'MZ2' }],
  ['dtmf of another stream', { event: 'dtmf', streamSid: '', dtmf: { digit: '1' } }],
  ['media of our own track', media(7, 'outbound')],
  ['a second connected', { event: 'connected' }],
  [
    'a second start',
    {
      event: 'start',
      streamSid: 'MZ1',
      start: {
        callSid: 'CA1',
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters: {},
      },
    },
  ],
])('%s is noted and has no effect', async (what, message) => {
  const { line, came, notes, recorded, lifetime, reading } = open()
  line.receive(message)
  lifetime.abort()
  await reading
  expect(notes).toEqual([{ kind: 'out-of-place', what }])
  expect([came, recorded]).toEqual([[], []])
})

test('a gap and a late frame are noted', async () => {
  const { line, came, notes, lifetime, reading } = open()
  line.receive(media(7))
  line.receive(media(87))
  line.receive(media(27))
  lifetime.abort()
  await reading
  expect(notes).toEqual([
    { kind: 'caller-gap', gapMs: 60, lostMessages: 0 },
    { kind: 'out-of-place', what: 'late or empty media' },
  ])
  expect(came).toHaveLength(2)
})

test('a stream without media for 5 s is lost', async () => {
  const { line, came, clock, reading } = open()
  for (let i = 0; i < 100; i++) {
    line.receive(media(7 + i * FRAME_MS))
    await clock.advance(FRAME_MS)
  }
  await clock.advance(4_970)
  expect(kinds(came)).not.toContain('gone')
  await clock.advance(10)
  await reading
  expect(came.at(-1)).toEqual({ kind: 'lost', why: 'no media for 5 s' })
  expect(clock.pending).toBe(0)
})

test('digits and marks alone do not keep a stream alive', async () => {
  const { line, came, clock, reading } = open()
  for (let i = 0; i < 6; i++) {
    line.receive({ event: 'dtmf', streamSid: 'MZ1', dtmf: { digit: '1' } })
    line.receive({ event: 'mark', streamSid: 'MZ1', mark: { name: '1.12' } })
    await clock.advance(1_000)
  }
  await reading
  expect(came.at(-1)?.kind).toBe('lost')
})

test('after the end of the call neither timers nor listeners are left', async () => {
  const { clock, lifetime, reading } = open()
  await clock.advance(1_000)
  lifetime.abort(new Error('the call is over'))
  await reading
  await clock.advance(0)
  expect([clock.pending, getEventListeners(lifetime.signal, 'abort').length]).toEqual([0, 0])
})

test('if the conversation does not read, the oldest sound is dropped and this is noted', async () => {
  const clock = new FakeClock()
  const notes: PhoneLineNote[] = []
  const recorder = {
    caller: () => undefined,
    agent: () => undefined,
    moveAgent: () => undefined,
    cutAgent: () => undefined,
  }
  const rest = { recorder, send: () => undefined, giveUp: async () => undefined }
  const line = phoneLine({ streamSid: 'MZ1', clock, note: note => notes.push(note), ...rest })
  for (let i = 0; i < 700; i++) line.receive(media(i * FRAME_MS))
  line.lost('the line closed')
  const came: Inbound[] = []
  for await (const inbound of line.inbound(new AbortController().signal)) came.push(inbound)
  expect(came).toHaveLength(600)
  expect(came.at(-1)?.kind).toBe('lost')
  expect(new Set(notes.map(({ kind }) => kind))).toEqual(new Set(['caller-audio-dropped']))
})

test('speech goes out as media and marks of this stream, and an abort clears it', async () => {
  const { line, clock, sent, lifetime, reading } = open()
  const speech = new AbortController()
  async function* voice() {
    yield { kind: 'audio', frame: { pcm: new Int16Array(8_000), rateHz: 8_000 } } as const
  }
  const playing = (async () => {
    for await (const _ of line.play(voice(), speech.signal)) _.heardMs satisfies number
  })()
  await clock.advance(400)
  speech.abort()
  await playing
  const messages = sent.map(text => JSON.parse(text))
  expect(new Set(messages.map(({ streamSid }) => streamSid))).toEqual(new Set(['MZ1']))
  expect(new Set(messages.map(({ event }) => event))).toEqual(new Set(['media', 'mark', 'clear']))
  expect(messages.at(-1).event).toBe('clear')
  lifetime.abort()
  await reading
})

test('closing the line passes on what the caller meets next', async () => {
  const { line, closed, lifetime } = open()
  await line.close('transfer')
  lifetime.abort()
  expect(closed).toEqual(['transfer'])
})

test('after a stall of the process its media is read before the line counts as dead', async () => {
  const { line, came, clock, lifetime, reading } = open()
  line.receive(media(7))
  await clock.advance(4_000)
  clock.stall(6_000)
  await clock.advance(0)
  line.receive(media(27))
  await clock.advance(4_900)
  expect(kinds(came)).toEqual(['audio', 'audio'])
  await clock.advance(100)
  expect(came.at(-1)).toEqual({ kind: 'lost', why: 'no media for 5 s' })
  lifetime.abort()
  await reading
})
