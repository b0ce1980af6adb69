import { expect, test } from 'vitest'
import type { VoiceEvent } from '../../src/conversation/ports.ts'
import { LastSound } from '../../src/providers/last-sound.ts'
import { SpeechGate } from '../../src/providers/speech-gate.ts'
import { joined, silence, tone } from '../sandbox/caller/sounds.ts'

const WINDOW_MS = 32

/** The gate's events for probabilities, one per window. */
function events(...probabilities: readonly number[]): readonly VoiceEvent[] {
  const gate = new SpeechGate()
  return probabilities.flatMap((probability, i) => {
    const event = gate.take(probability, i * WINDOW_MS, (i + 1) * WINDOW_MS)
    return event ? [event] : []
  })
}
const times = (count: number, probability: number): readonly number[] =>
  Array.from({ length: count }, () => probability)

test('speech starts with the first of two voiced windows and ends with the last before six without voice', () => {
  expect(events(0.1, 0.9, 0.9, 0.9, ...times(6, 0.1))).toEqual([
    { kind: 'speech-start', firstVoicedMs: 32 },
    { kind: 'speech-end', lastVoicedMs: 128 },
  ])
})

test('single voiced windows are clicks, not speech', () => {
  expect(events(0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1)).toEqual([])
})

test('soft windows count towards the start of speech, but only the latest ones', () => {
  expect(events(0.1, 0.3, 0.3, 0.45)).toEqual([{ kind: 'speech-start', firstVoicedMs: 32 }])
  expect(events(0.1, 0.25, 0.9)).toEqual([{ kind: 'speech-start', firstVoicedMs: 32 }])
  expect(events(...times(10, 0.22), 0.9)).toEqual([{ kind: 'speech-start', firstVoicedMs: 8 * WINDOW_MS }])
})

test('a gap of five windows does not end speech', () => {
  expect(events(0.9, 0.9, ...times(5, 0.1), 0.9, ...times(6, 0.1))).toEqual([
    { kind: 'speech-start', firstVoicedMs: 0 },
    { kind: 'speech-end', lastVoicedMs: 8 * WINDOW_MS },
  ])
})

test('a probability that is too low to start speech is enough to continue it', () => {
  expect(events(...times(10, 0.33))).toEqual([])
  expect(events(0.9, 0.9, ...times(20, 0.36))).toEqual([{ kind: 'speech-start', firstVoicedMs: 0 }])
})

test('the next speech has its own times', () => {
  const second = events(0.9, 0.9, ...times(10, 0.1), 0.9, 0.9, ...times(6, 0.1)).slice(2)
  expect(second).toEqual([
    { kind: 'speech-start', firstVoicedMs: 12 * WINDOW_MS },
    { kind: 'speech-end', lastVoicedMs: 14 * WINDOW_MS },
  ])
})

const quiet = (pcm: Int16Array, divisor: number): Int16Array => pcm.map(sample => Math.round(sample / divisor))

test('the last sound ends where the loudness drops, to a block of 10 ms', () => {
  const last = new LastSound()
  last.hear(joined(tone(500), quiet(tone(300), 100)), 1_000)
  expect(last.before(1_700)).toBe(1_500)
})

test('without a drop in loudness the detector’s time is used', () => {
  const last = new LastSound()
  last.hear(joined(tone(500), quiet(tone(300), 10)), 1_000)
  expect(last.before(1_700)).toBe(1_700)
})

test('new speech is measured by its own loudness', () => {
  const last = new LastSound()
  last.hear(tone(500), 0)
  last.begin()
  last.hear(joined(quiet(tone(500), 100), silence(300)), 500)
  expect(last.before(1_200)).toBe(1_000)
})

test('the end is right even if the caller goes on before it is reported', () => {
  const last = new LastSound()
  const loud = new Int16Array(1_600).fill(8_000)
  last.hear(loud, 1_000)
  last.hear(new Int16Array(2_400), 1_200)
  last.hear(loud, 1_500)
  expect(last.before(1_290)).toBe(1_200)
  expect(last.before(2_000)).toBe(1_700)
})
