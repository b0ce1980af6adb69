import { expect, onTestFinished, test } from 'vitest'
import { seeded } from '../../../src/sandbox/chance.ts'
import { DeepgramSession, type SessionQuery } from '../../../src/sandbox/deepgram/nova-session.ts'
import { type AnnouncedUtterance, ScriptedTranscripts } from '../../../src/sandbox/deepgram/scripted-transcripts.ts'
import { type DelayProfile, profiles } from '../../../src/sandbox/delays.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { joined, silence, tone } from '../caller/sounds.ts'

const QUERY: SessionQuery = {
  interims: true,
  endpointingMs: 300,
  utteranceEndMs: 1_000,
  vadEvents: true,
  punctuates: true,
  fillers: true,
  diarizes: false,
  model: 'nova-3',
}
const steady = (ms: number) => ({ medianMs: ms, p95Ms: ms })
const LAST_WORD: DelayProfile = {
  ...profiles.peer,
  interim: steady(100),
  final: { ...steady(250), after: 'last-word' },
}
const SILENCE: DelayProfile = { ...profiles.peer, interim: steady(90) }

interface SentMessage {
  readonly atMs: number
  readonly type: string
  readonly text: string
  readonly marks: string
}

/** Two words of 300 ms each, one after the other, from the first voiced sample on. */
const HELLO: AnnouncedUtterance = {
  words: [
    { text: 'Hello', startMs: 60, endMs: 360 },
    { text: 'there.', startMs: 360, endMs: 660 },
  ],
  voicedFromMs: 60,
}

function open(profile: DelayProfile, utterances: readonly AnnouncedUtterance[], query: Partial<SessionQuery> = {}) {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort())
  const sent: SentMessage[] = []
  const waiting = [...utterances]
  const startMs = clock.now()
  const session = new DeepgramSession(
    { ...QUERY, ...query },
    new ScriptedTranscripts(8_000, () => waiting.shift()),
    profile,
    seeded(1),
    clock,
    message => sent.push(sentMessageOf(message, clock.now() - startMs)),
    lifetime.signal,
  )
  /** The audio arrives in real time, each frame when its last sample has been spoken. */
  async function hear(pcm: Int16Array, frameMs = 20): Promise<void> {
    for (let at = 0; at < pcm.length; at += frameMs * 8) {
      await clock.advance(frameMs)
      session.hear(pcm.subarray(at, at + frameMs * 8))
    }
  }
  const spoken = (): readonly SentMessage[] => sent.filter(({ text, type }) => type !== 'Results' || text !== '')
  return { session, clock, hear, sent, spoken }
}

function sentMessageOf(message: object, atMs: number): SentMessage {
  const of = (name: string): unknown => Object.entries(message).find(([key]) => key === name)?.[1]
  const marks = ['is_final', 'speech_final', 'from_finalize'].filter(name => of(name) === true)
  const text = JSON.stringify(message).match(/"transcript":"([^"]*)"/)?.[1] ?? ''
  return { atMs, type: String(of('type')), text, marks: marks.join(' ') }
}

test('interims follow the words, the final comes when the pause is long enough, then the end of the utterance', async () => {
  const { hear, spoken } = open(LAST_WORD, [HELLO])
  await hear(joined(silence(200), tone(600), silence(1_400)))
  const [started, ...rest] = spoken()
  expect(started).toMatchObject({ type: 'SpeechStarted' })
  expect(rest).toMatchObject([
    { type: 'Results', text: 'Hello', marks: '', atMs: 600 },
    { type: 'Results', text: 'Hello there', marks: '', atMs: 900 },
    { type: 'Results', text: 'Hello there.', marks: 'is_final speech_final', atMs: 1_100 },
    { type: 'UtteranceEnd', atMs: 1_800 },
  ])
})

test('the final waits for its delay after the last word when the pause is shorter', async () => {
  const { hear, spoken } = open(LAST_WORD, [HELLO], { endpointingMs: 100 })
  await hear(joined(silence(200), tone(600), silence(600)))
  expect(spoken().at(-1)).toMatchObject({ marks: 'is_final speech_final', atMs: 1_050 })
})

test('a Finalize brings the final after the rest of its delay', async () => {
  const { session, hear, clock, spoken } = open(LAST_WORD, [HELLO])
  await hear(joined(silence(200), tone(600), silence(100)))
  session.finalize()
  await clock.advance(400)
  expect(spoken().at(-1)).toMatchObject({ text: 'Hello there.', marks: 'is_final from_finalize', atMs: 1_050 })
})

test('with the delays of the peer the final comes 90 ms after 300 ms of silence, or after a Finalize', async () => {
  const slow = open(SILENCE, [HELLO])
  await slow.hear(joined(silence(200), tone(600), silence(600)))
  expect(slow.spoken().at(-1)).toMatchObject({ marks: 'is_final speech_final', atMs: 1_190 })
  const asked = open(SILENCE, [HELLO])
  await asked.hear(joined(silence(200), tone(600), silence(100)))
  asked.session.finalize()
  await asked.clock.advance(300)
  expect(asked.spoken().at(-1)).toMatchObject({ marks: 'is_final from_finalize', atMs: 990 })
})

test('a Finalize does not delay a scheduled final', async () => {
  const { session, hear, clock, spoken } = open(SILENCE, [HELLO])
  await hear(joined(silence(200), tone(600), silence(340)))
  session.finalize()
  await clock.advance(300)
  expect(spoken().at(-1)).toMatchObject({ marks: 'is_final speech_final from_finalize', atMs: 1_190 })
})

test.each([20, 60, 100, 250])('the final also comes when audio arrives in frames of %i ms', async frameMs => {
  const { hear, clock, spoken } = open(LAST_WORD, [HELLO])
  await hear(joined(silence(200), tone(600), silence(1_700)), frameMs)
  await clock.advance(500)
  expect(
    spoken()
      .map(({ type, marks }) => `${type} ${marks}`)
      .slice(-2),
  ).toEqual(['Results is_final speech_final', 'UtteranceEnd '])
})

test('words that end in the silence after the voice become final too', async () => {
  const tail: AnnouncedUtterance = { words: [{ text: 'Yes.', startMs: 0, endMs: 450 }], voicedFromMs: 0 }
  const { hear, spoken } = open(LAST_WORD, [tail], { endpointingMs: 10 })
  await hear(joined(silence(200), tone(300), silence(1_000)))
  expect(spoken()).toContainEqual(expect.objectContaining({ text: 'Yes.', marks: 'is_final speech_final' }))
})

test('a pause splits an utterance into two segments', async () => {
  const hesitant: AnnouncedUtterance = {
    words: [
      { text: 'Well,', startMs: 0, endMs: 300 },
      { text: 'yes.', startMs: 1_800, endMs: 2_100 },
    ],
    voicedFromMs: 0,
  }
  const { hear, spoken } = open(LAST_WORD, [hesitant, HELLO])
  await hear(joined(silence(200), tone(300), silence(1_500), tone(300), silence(600)))
  const finals = spoken().filter(({ marks }) => marks !== '')
  expect(finals).toMatchObject([{ text: 'Well,' }, { text: 'yes.' }])
  const types = spoken().map(({ type }) => type)
  expect(types.indexOf('UtteranceEnd')).toBeLessThan(types.lastIndexOf('Results'))
})

test('words whose audio was lost are not heard', async () => {
  const { hear, spoken } = open(LAST_WORD, [HELLO])
  await hear(joined(silence(200), tone(230), silence(1_000)))
  expect(spoken().filter(({ marks }) => marks !== '')).toMatchObject([{ text: 'Hello' }])
})

test('a cough has no words, and the speech after it is heard', async () => {
  const { hear, spoken, sent } = open(LAST_WORD, [{ words: [], voicedFromMs: 0 }, HELLO])
  await hear(joined(silence(200), tone(150), silence(1_500), tone(600), silence(600)))
  expect(spoken().filter(({ marks }) => marks !== '')).toMatchObject([{ text: 'Hello there.' }])
  expect(
    sent.filter(({ text, type, marks }) => type === 'Results' && text === '' && marks === 'is_final').length,
  ).toBeGreaterThan(0)
})

test('speech that was not announced has no words', async () => {
  const { hear, spoken } = open(LAST_WORD, [])
  await hear(joined(silence(200), tone(600), silence(1_400)))
  expect(spoken().map(({ type }) => type)).toEqual(['SpeechStarted'])
})

test('silence gives an empty result about once a second', async () => {
  const { hear, sent } = open(LAST_WORD, [])
  await hear(silence(5_000))
  expect(sent.length).toBeGreaterThanOrEqual(3)
  expect(sent.length).toBeLessThanOrEqual(5)
})

test('a Finalize without words is answered too', async () => {
  const { session, hear, clock, sent } = open(LAST_WORD, [])
  await hear(silence(300))
  session.finalize()
  await clock.advance(100)
  expect(sent).toMatchObject([{ type: 'Results', text: '', marks: 'is_final from_finalize' }])
})

test('the end gives the last words and the metadata of the session', async () => {
  const { session, hear, sent } = open(LAST_WORD, [HELLO])
  await hear(joined(silence(200), tone(600), silence(60)))
  session.end()
  expect(sent.slice(-2)).toMatchObject([{ text: 'Hello there.', type: 'Results' }, { type: 'Metadata' }])
})

test('without endpointing, words become final before the end of the utterance', async () => {
  const { hear, clock, spoken } = open(LAST_WORD, [HELLO], { endpointingMs: Number.POSITIVE_INFINITY })
  await hear(joined(silence(200), tone(600), silence(2_000)))
  await clock.advance(500)
  expect(spoken().slice(-2)).toMatchObject([{ text: 'Hello there.', marks: 'is_final' }, { type: 'UtteranceEnd' }])
})

test.each([
  [true, 'Um, two'],
  [false, 'two'],
])('with filler_words=%s "Um, two" is transcribed as "%s"', async (fillers, heard) => {
  const words = [
    { text: 'Um,', startMs: 60, endMs: 360 },
    { text: 'two', startMs: 360, endMs: 660 },
  ]
  const { hear, spoken } = open(SILENCE, [{ words, voicedFromMs: 60 }], { fillers })
  await hear(joined(silence(60), tone(600), silence(1_000)))
  expect(spoken().findLast(({ marks }) => marks.includes('is_final'))?.text).toBe(heard)
})
