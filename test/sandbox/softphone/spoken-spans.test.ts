import { expect, test } from 'vitest'
import { voicedSpans } from '../../../src/sandbox/ringing/voiced-spans.ts'
import type { JournalSide } from '../../../src/sandbox/softphone/journal-side.ts'
import { MOST_UTTERANCES } from '../../../src/sandbox/softphone/messages.ts'
import { spokenSpans } from '../../../src/sandbox/softphone/spoken-spans.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'

const nothing: JournalSide = {
  ...{
    agent: 'receptionist',
    turns: [],
    words: [],
    voice: [],
    keys: [],
    replies: [],
    toolsCalledMs: [],
    tools: [],
    bargeIns: 0,
  },
  ...{ isFarewell: false, isWithheld: false },
}
const interim = (atMs: number, text: string) => ({ atMs, text, final: false })
const final = (atMs: number, text: string) => ({ atMs, text, final: true })

test('a pause of less than half a second is within an utterance, a longer one is between two', () => {
  const leg = mulaw(silence(1_000), tone(400), silence(400), tone(300), silence(600), tone(200), silence(100))
  expect(spokenSpans(leg, undefined)).toEqual([
    { index: 0, say: '', startMs: 1_000, endMs: 2_100 },
    { index: 1, say: '', startMs: 2_700, endMs: 2_900 },
  ])
})

test('a sound that the server took for no voice is left out', () => {
  const leg = mulaw(tone(300), silence(1_000), tone(400), silence(1_000), tone(300))
  const voice = [{ startMs: 1_350, endMs: 1_650 }]
  expect(spokenSpans(leg, { ...nothing, voice })).toMatchObject([{ index: 0, startMs: 1_300, endMs: 1_700 }])
})

test('in a noisy room the server’s detector tells where the voice is', () => {
  const leg = mulaw(tone(6_000))
  const voice = [
    { startMs: 1_000, endMs: 2_000 },
    { startMs: 4_000, endMs: Number.POSITIVE_INFINITY },
  ]
  expect(spokenSpans(leg, { ...nothing, voice })).toMatchObject([
    { startMs: 940, endMs: 2_060 },
    { startMs: 3_940, endMs: 6_000 },
  ])
})

test('a voice that is too soft for its loudness to tell is found, too', () => {
  const soft = tone(1_000).map(sample => sample / 60)
  const leg = mulaw(silence(1_000), soft, silence(1_000))
  expect(spokenSpans(leg, undefined)).toEqual([])
  const voice = [{ startMs: 1_030, endMs: 1_980 }]
  expect(spokenSpans(leg, { ...nothing, voice })).toMatchObject([{ startMs: 970, endMs: 2_040 }])
})

test('a final transcript that comes when the next utterance has begun is of the one before', () => {
  const leg = mulaw(tone(1_000), silence(600), tone(1_000))
  const words = [
    ...[interim(500, 'Let me'), interim(1_100, 'Let me think'), final(1_700, 'Let me think.'), interim(1_900, 'four')],
    final(3_000, 'Four people.'),
  ]
  expect(spokenSpans(leg, { ...nothing, voice: voicedSpans(leg), words }).map(({ say }) => say)).toEqual([
    'Let me think.',
    'Four people.',
  ])
})

test('a final transcript of two utterances is cut where the interim ones before it tell', () => {
  const leg = mulaw(tone(1_000), silence(600), tone(1_000))
  const words = [
    interim(1_100, 'let me think'),
    interim(2_200, 'let me think four'),
    final(3_000, 'Let me think. Four.'),
  ]
  expect(spokenSpans(leg, { ...nothing, voice: voicedSpans(leg), words }).map(({ say }) => say)).toEqual([
    'Let me think.',
    'Four.',
  ])
})

test('a cough without words keeps none of the words after it', () => {
  const leg = mulaw(tone(200), silence(3_000), tone(1_000))
  const words = [interim(3_900, 'what time'), final(4_500, 'What time?')]
  expect(spokenSpans(leg, { ...nothing, voice: voicedSpans(leg), words }).map(({ say }) => say)).toEqual([
    '',
    'What time?',
  ])
})

test('words that never became final are kept, those that were withdrawn are not', () => {
  const leg = mulaw(tone(600), silence(2_000), tone(600))
  const words = [interim(700, 'you'), final(1_200, ''), interim(3_100, 'goodbye')]
  expect(spokenSpans(leg, { ...nothing, voice: voicedSpans(leg), words }).map(({ say }) => say)).toEqual([
    '',
    'goodbye',
  ])
})

test('an endless clatter gives no more utterances than can be saved', () => {
  const clatter = Array.from({ length: MOST_UTTERANCES + 50 }, () => [tone(120), silence(520)]).flat()
  expect(spokenSpans(mulaw(...clatter), undefined)).toHaveLength(MOST_UTTERANCES)
})
