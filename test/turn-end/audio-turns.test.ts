import { expect, test } from 'vitest'
import type { Spoken } from '../../src/flite/flite.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { beginsAt } from '../bench/audio/audio-begins.ts'
import { endErrorsMs, turnTakingOf } from '../bench/audio/audio-figures.ts'
import { type CallerEvent, wordEvents } from '../bench/audio/audio-told.ts'
import { restOf, turnOf } from '../bench/audio/audio-turns.ts'
import { pauseExceededBy, pausesLongerThan } from '../bench/pauses.ts'
import { phoneSentences } from '../bench/phone-sentences.ts'
import { joined, silence, tone } from '../sandbox/caller/sounds.ts'

const started = (atMs: number): CallerEvent => ({ kind: 'speech-start', atMs })
const stopped = (atMs: number, lastVoicedMs: number): CallerEvent => ({ kind: 'speech-end', atMs, lastVoicedMs })
const words = (atMs: number, text: string, final = true): CallerEvent => ({ kind: 'words', atMs, text, final })
const after = (ms: number) => (): number => ms

/** Like flite's trimmed speech: 60 ms of silence at both ends. */
const spoken = (ms: number): Spoken => ({ pcm: joined(silence(60), tone(ms), silence(60)), rateHz: 8_000, words: [] })
const ASKED = { asked: 'When is it due?', said: 'Monday at' }

test('a pause is longer than the share of pauses that it was asked for', () => {
  for (const share of [0.01, 0.25, 0.5, 0.75, 0.99])
    expect(pausesLongerThan(pauseExceededBy(share))).toBeCloseTo(share, 6)
  expect(pauseExceededBy(0.217)).toBeCloseTo(600, -1)
})

test('every cut sentence has a continuation, its own where there is a whole sentence that begins with it', () => {
  const cut = phoneSentences.filter(({ complete }) => !complete)
  expect(cut.map(restOf).filter(rest => rest.trim() === '')).toEqual([])
  expect(restOf({ asked: 'When is it due?', said: 'Monday at', complete: false })).toBe('noon')
})

test('a pause lies between the true end of the sound and its true continuation', () => {
  const turn = turnOf(ASKED, spoken(400), { pauseMs: 700, rest: spoken(300) }, seeded(1))
  expect(Math.abs(turn.lastVoicedMs - (500 + 60 + 400))).toBeLessThanOrEqual(3)
  expect(Math.abs((turn.goesOnMs ?? 0) - turn.lastVoicedMs - 700)).toBeLessThanOrEqual(3)
})

test('a whole turn ends with its sound and does not go on', () => {
  const turn = turnOf(ASKED, spoken(400), undefined, seeded(1))
  expect(Math.abs(turn.lastVoicedMs - (500 + 60 + 400))).toBeLessThanOrEqual(3)
  expect(turn.goesOnMs).toBeUndefined()
  expect(turn.pcm.length / 8).toBe(500 + 520 + 1_500)
})

test('patience counts from the last voiced sample, not from the report of the end of speech', () => {
  expect(beginsAt([started(100), words(900, 'yes'), stopped(1_250, 1_000)], after(500))).toBe(1_500)
})

test('the agent cannot begin before the end of speech is reported', () => {
  expect(beginsAt([started(100), words(900, 'yes'), stopped(1_350, 1_000)], after(250))).toBe(1_350)
})

test('words that come late count from the same last voiced sample', () => {
  const patience = (said: string): number => (said === 'yes' ? 500 : 3_000)
  expect(beginsAt([started(100), stopped(1_250, 1_000), words(1_400, 'yes')], patience)).toBe(1_500)
  expect(beginsAt([started(100), words(900, 'yes'), stopped(1_250, 1_000), words(1_400, 'yes but')], patience)).toBe(
    4_000,
  )
})

test('a caller who goes on in time resets the patience, one who goes on later does not', () => {
  const pause = [started(100), words(900, 'one'), stopped(1_250, 1_000)]
  const goneOn = [started(1_480), words(1_900, 'one two'), stopped(2_250, 2_000)]
  expect(beginsAt([...pause, ...goneOn], after(500))).toBe(2_500)
  expect(beginsAt([...pause, ...goneOn], after(400))).toBe(1_400)
})

test('words that may still change are waited for', () => {
  const told = [started(100), words(900, 'yes', false), stopped(1_250, 1_000)]
  expect(beginsAt(told, after(500))).toBe(Number.POSITIVE_INFINITY)
  expect(beginsAt([...told, words(1_600, 'yes')], after(500))).toBe(1_600)
})

test('words are reported in order, each after its end, and are final once nothing else comes', () => {
  const said = ['five', 'people', 'please'].map((text, i) => ({ text, startMs: i * 300, endMs: i * 300 + 300 }))
  const told = wordEvents(said, [stopped(1_180, 890)], seeded(3))
  expect(told.filter(({ final }) => !final).map(({ text }) => text)).toEqual([
    'five',
    'five people',
    'five people please',
  ])
  expect(told.map(({ atMs }) => atMs)).toEqual(told.map(({ atMs }) => atMs).toSorted((one, other) => one - other))
  expect(told.at(-1)).toMatchObject({ text: 'five people please', final: true })
  expect(told.at(-1)?.atMs).toBeGreaterThanOrEqual(1_100)
  expect(told.every(({ text, atMs }) => atMs > text.split(' ').length * 300)).toBe(true)
})

test('words before a long pause become final in it', () => {
  const said = [
    { text: 'Monday', startMs: 0, endMs: 400 },
    { text: 'noon', startMs: 2_000, endMs: 2_400 },
  ]
  const told = wordEvents(said, [stopped(640, 390), stopped(2_650, 2_390)], seeded(3))
  expect(told.map(({ text, final }) => [text, final])).toEqual([
    ['Monday', false],
    ['Monday', true],
    ['Monday noon', false],
    ['Monday noon', true],
  ])
  expect(told[1]?.atMs).toBeLessThan(800)
})

test('a caller is cut off in a pause before they go on; dead air counts from the true end, and an early start is not dead air', () => {
  const turn = { ...ASKED, words: [], pcm: new Int16Array(0), lastVoicedMs: 1_000, goesOnMs: undefined }
  const ended = [started(100), stopped(1_250, 980)]
  const heard = [
    { turn, callerEvents: ended },
    { turn: { ...turn, lastVoicedMs: 2_000 }, callerEvents: [...ended, started(1_600), stopped(2_250, 2_010)] },
    { turn: { ...turn, goesOnMs: 1_450 }, callerEvents: ended },
    { turn: { ...turn, goesOnMs: 1_481 }, callerEvents: ended },
  ]
  expect(turnTakingOf(heard, after(500))).toEqual({ cutOff: 0.5, interrupted: 1, deadAirMs: [480] })
  expect(endErrorsMs(heard)).toEqual([-20, -20, -20, 10])
})
