import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { FluxSession, type FluxThresholds } from '../../../src/sandbox/deepgram/flux-session.ts'
import { type AnnouncedUtterance, ScriptedTranscripts } from '../../../src/sandbox/deepgram/scripted-transcripts.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { joined, silence, tone } from '../caller/sounds.ts'

/** Random numbers with which every delay is its median. */
const MEDIAN = (): number => 0.25
const QUERY: FluxThresholds = { eot_threshold: 0.7, eager_eot_threshold: 0.4, eot_timeout_ms: 3_000 }
const PROFILE = { ...profiles.peer, interim: { medianMs: 100, p95Ms: 100 } }

const numbered = z.looseObject({ type: z.string(), sequence_id: z.number(), request_id: z.string() })
const info = z.strictObject({
  type: z.literal('TurnInfo'),
  request_id: z.string(),
  sequence_id: z.number(),
  event: z.enum(['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn']),
  turn_index: z.number(),
  audio_window_start: z.number(),
  audio_window_end: z.number(),
  transcript: z.string(),
  words: z.array(z.strictObject({ word: z.string(), confidence: z.number(), start: z.number(), end: z.number() })),
  end_of_turn_confidence: z.number().min(0).max(1),
  trigger: z.string().optional(),
})

/** Words of 300 ms each, one after the other; a number is a pause in ms. */
function utterance(...parts: readonly (string | number)[]): AnnouncedUtterance {
  let atMs = 0
  const words = parts.flatMap(part => {
    const startMs = atMs
    atMs += typeof part === 'number' ? part : 300
    return typeof part === 'number' ? [] : [{ text: part, startMs, endMs: atMs }]
  })
  return { words, voicedFromMs: 0 }
}
const said = (...parts: readonly (string | number)[]): Int16Array =>
  joined(...parts.map(part => (typeof part === 'number' ? silence(part) : tone(300))))

function open(utterances: readonly AnnouncedUtterance[], query: Partial<FluxThresholds> = {}) {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort())
  const messages: object[] = []
  const waiting = [...utterances]
  const speechToText = new ScriptedTranscripts(8_000, () => waiting.shift())
  const thresholds = { ...QUERY, ...query }
  const send = (message: object): void => void messages.push(message)
  const session = new FluxSession(thresholds, speechToText, PROFILE, MEDIAN, clock, send, lifetime.signal)
  const turns = () => messages.flatMap(message => info.safeParse(message).data ?? [])
  return {
    session,
    messages,
    turns,
    /** All events except updates without new words. */
    events: () =>
      turns()
        .filter(({ event, transcript }, i, all) => event !== 'Update' || transcript !== (all[i - 1]?.transcript ?? ''))
        .map(({ event, transcript }) => `${event} ${transcript}`.trim()),
    /** The sound arrives in real time, in pieces of 20 ms. */
    async hear(pcm: Int16Array): Promise<void> {
      for (let at = 0; at < pcm.length; at += 160) {
        await clock.advance(20)
        session.hear(pcm.subarray(at, at + 160))
      }
    },
  }
}

test('a turn starts, is updated with each word, ends eagerly, and ends', async () => {
  const { hear, events, turns } = open([utterance('Book', 'it.')])
  await hear(said('Book', 'it.', 600))
  expect(events()).toEqual([
    'StartOfTurn Book',
    'Update Book it.',
    'EagerEndOfTurn Book it.',
    'EndOfTurn Book it.',
    'Update',
  ])
  const [eager, end] = turns().filter(({ event }) => event.endsWith('EndOfTurn'))
  expect(eager?.end_of_turn_confidence).toBeGreaterThanOrEqual(0.4)
  expect(end).toMatchObject({ trigger: 'model', turn_index: 0 })
  expect(end?.end_of_turn_confidence).toBeGreaterThanOrEqual(0.7)
  expect(end?.audio_window_end).toBeCloseTo(0.6 + 0.26, 1)
  expect(end?.words[1]).toEqual({ word: 'it.', confidence: 0.98, start: 0.3, end: 0.6 })
})

test('every message has the session’s id and the next number, and only an end of turn has a trigger', async () => {
  const { hear, messages, turns } = open([utterance('Yes.')])
  await hear(said('Yes.', 1_000))
  const read = messages.map(message => numbered.parse(message))
  expect(read[0]?.type).toBe('Connected')
  expect(read.map(({ sequence_id }) => sequence_id)).toEqual(read.map((_, i) => i))
  expect(new Set(read.map(({ request_id }) => request_id)).size).toBe(1)
  expect(turns().every(({ event, trigger }) => (trigger !== undefined) === (event === 'EndOfTurn'))).toBe(true)
})

test('a pause in the middle of an utterance keeps the confidence low', async () => {
  const { hear, events, turns } = open([utterance('I', 'want', 1_500, 'two.')])
  await hear(said('I', 'want', 1_500, 'two.', 600))
  const paused = turns().filter(({ transcript }) => transcript === 'I want')
  expect(Math.max(...paused.map(({ end_of_turn_confidence }) => end_of_turn_confidence))).toBeLessThanOrEqual(0.3)
  expect(events().slice(2)).toEqual([
    'Update I want two.',
    'EagerEndOfTurn I want two.',
    'EndOfTurn I want two.',
    'Update',
  ])
})

test('speech after an eager end resumes the turn', async () => {
  const { hear, events } = open([utterance('Book', 'it.'), utterance('Now.')])
  await hear(said('Book', 'it.', 200, 'Now.', 600))
  expect(events().slice(2, 6)).toEqual([
    'EagerEndOfTurn Book it.',
    'TurnResumed Book it.',
    'Update Book it. Now.',
    'EagerEndOfTurn Book it. Now.',
  ])
})

test('the next turn has the next index and only its own words', async () => {
  const { hear, turns } = open([utterance('Yes.'), utterance('No.')])
  await hear(said('Yes.', 800, 'No.', 800))
  const ends = turns().filter(({ event }) => event === 'EndOfTurn')
  expect(ends.map(({ transcript, turn_index }) => [transcript, turn_index])).toEqual([
    ['Yes.', 0],
    ['No.', 1],
  ])
})

test('a long silence ends the turn with a timeout, after an eager end with the same words', async () => {
  const { hear, turns } = open([utterance('I', 4_000, 'want.')], { eot_timeout_ms: 1_000 })
  await hear(said('I', 1_100))
  const ends = turns().filter(({ event }) => event.endsWith('EndOfTurn'))
  expect(ends.map(({ event, transcript, trigger }) => [event, transcript, trigger])).toEqual([
    ['EagerEndOfTurn', 'I', undefined],
    ['EndOfTurn', 'I', 'timeout'],
  ])
})

test('without an eager threshold there is no eager end and no resumed turn', async () => {
  const { hear, events } = open([utterance('Book', 'it.'), utterance('Now.')], { eager_eot_threshold: undefined })
  await hear(said('Book', 'it.', 200, 'Now.', 600))
  expect(events().filter(event => /^(Eager|TurnResumed)/.test(event))).toEqual([])
  expect(events()).toContain('EndOfTurn Book it. Now.')
})

test('an update comes four times a second of audio, also in silence', async () => {
  const { hear, turns } = open([])
  await hear(silence(2_000))
  expect(turns().map(({ event, transcript }) => event + transcript)).toEqual(new Array(7).fill('Update'))
})

test('Configure changes the thresholds that it names and keeps the others', async () => {
  const { session, hear, messages, turns } = open([utterance('I', 4_000, 'want.')])
  session.configure({ eot_timeout_ms: 600 })
  expect(messages.at(-1)).toMatchObject({
    type: 'ConfigureSuccess',
    thresholds: { eot_threshold: 0.7, eager_eot_threshold: 0.4, eot_timeout_ms: 600 },
  })
  await hear(said('I', 700))
  expect(turns().find(({ event }) => event === 'EndOfTurn')?.trigger).toBe('timeout')
})

test.each([{ eot_threshold: 0.2 }, { eager_eot_threshold: 0.8 }, { eot_timeout_ms: 'soon' }])(
  'a Configure with %j fails and changes nothing',
  async wrong => {
    const { session, hear, messages, events } = open([utterance('Yes.')])
    session.configure(wrong)
    expect(messages.at(-1)).toMatchObject({ type: 'ConfigureFailure', sequence_id: 1 })
    await hear(said('Yes.', 600))
    expect(events()).toContain('EndOfTurn Yes.')
  },
)

test('a client that closes the stream gets the words that are left, but no end of turn', async () => {
  const { session, hear, events } = open([utterance('Book', 'it.')])
  await hear(said('Book', 'it.'))
  session.end()
  expect(events().at(-1)).toBe('Update Book it.')
})
