import { expect, test } from 'vitest'
import { isBadLine, lineInWords, opinionOf } from '../../../src/web/staff/call/line-words.ts'
import { timelineOf } from '../../../src/web/staff/timeline/timeline.ts'

test.each([
  [4.41, 'line good, MOS 4.4', false],
  [4.03, 'line good, MOS 4.0', false],
  [3.7, 'line fair, MOS 3.7', false],
  [3.2, 'line poor, MOS 3.2', true],
  [1.4, 'line bad, MOS 1.4', true],
])('a score of %d is said as "%s"', (mos, words, isBad) => {
  expect(opinionOf(mos)).toBe(words)
  expect(isBadLine(mos)).toBe(isBad)
})

const caller = {
  leg: 'caller',
  lossPercent: 0.42,
  jitterMs: 6.2,
  gaps: 2,
  longestGapMs: 120,
  levelDb: -22.6,
  clippedPercent: 0,
}

test.each([
  [caller, 'Caller: −23 dB, 0.42 % lost, 2 gaps, the longest 120 ms, jitter 6 ms.'],
  [
    { ...caller, gaps: 0, lossPercent: 0, clippedPercent: 3.25 },
    'Caller: −23 dB, 3.3 % clipped, nothing lost, jitter 6 ms.',
  ],
  [
    { leg: 'agent', lossPercent: 0, jitterMs: null, gaps: 0, longestGapMs: 0, levelDb: -19.2 },
    'Agent: −19 dB, nothing lost.',
  ],
  [{ leg: 'caller', lossPercent: null, jitterMs: null, gaps: null, levelDb: null }, 'Caller: no sound.'],
  [
    { leg: 'caller', lossPercent: 1.5, jitterMs: 20, gaps: null, roundTripMs: 80, levelDb: -30 },
    'Caller: −30 dB, 1.5 % lost, jitter 20 ms, round trip 80 ms.',
  ],
])('%j is said in a sentence', (leg, words) => expect(lineInWords([leg])).toBe(words))

test('a timeline has what the journal notes of the line, stream by stream', () => {
  const noted = (leg: string, levelDb: number) => ({ kind: 'line-quality', leg, levelDb, lossPercent: 0 })
  const lines = [noted('caller', -20), noted('agent', -21), noted('caller', -30)].map((note, seq) => ({
    ...{ v: 2, seq, atMs: seq < 2 ? 9_000 : 500 },
    noted: note,
  }))
  expect(lineInWords(timelineOf(lines).quality)).toBe(
    'Caller: −20 dB, nothing lost. Agent: −21 dB, nothing lost. Caller: −30 dB, nothing lost.',
  )
})
