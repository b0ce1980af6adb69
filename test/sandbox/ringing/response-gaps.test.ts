import { expect, test } from 'vitest'
import type { PlayedUtterance } from '../../../src/sandbox/caller/caller.ts'
import { callerTurns, heardDuring, responseGaps } from '../../../src/sandbox/ringing/response-gaps.ts'
import { voicedSpans } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'

function spoke(
  index: number,
  startMs: number,
  endMs: number,
  kind: PlayedUtterance['kind'] = 'speech',
): PlayedUtterance {
  return { index, say: '', kind, startMs, endMs, firstVoicedMs: startMs, lastVoicedMs: endMs }
}
const spans = (...pairs: [number, number][]) => pairs.map(([startMs, endMs]) => ({ startMs, endMs }))

test('voiced spans have edges exact to the sample, wherever the 20 ms frames fall', () => {
  const [span] = voicedSpans(mulaw(silence(333), tone(470), silence(300)))
  expect(span?.startMs).toBe(333)
  expect(Math.abs((span?.endMs ?? 0) - 803)).toBeLessThan(1)
})

test('silences under 200 ms are bridged and sounds under 100 ms dropped', () => {
  const leg = mulaw(tone(200), silence(180), tone(200), silence(240), tone(300), silence(400), tone(60), silence(300))
  const lengths = voicedSpans(leg).map(({ startMs, endMs }) => Math.round(endMs - startMs))
  expect(lengths).toEqual([580, 300])
})

test('a gap is from the last voiced sample of the caller to the first of the agent', () => {
  const gaps = responseGaps([spoke(0, 1000, 2000)], spans([100, 800], [2431.5, 3000]))
  expect(gaps).toMatchObject([{ kind: 'answered', gapMs: 431.5, agentStartMs: 2431.5 }])
})

test('the rest of a reply that the caller interrupted is not an answer', () => {
  const gaps = responseGaps([spoke(0, 1000, 3000)], spans([100, 1250], [3600, 4000]))
  expect(gaps).toMatchObject([{ kind: 'answered', gapMs: 600 }])
})

test('speaking over the end of a turn is distinguished from never answering', () => {
  const played = [spoke(0, 1000, 2000), spoke(1, 5000, 6000)]
  expect(responseGaps(played, spans([1800, 2600])).map(({ kind }) => kind)).toEqual(['spoken-over', 'unanswered'])
})

test('utterances without the agent between them are one turn, and a cough is not a turn', () => {
  const played = [spoke(0, 0, 1000), spoke(1, 2800, 4000), spoke(2, 5500, 5800, 'noise'), spoke(3, 8000, 9000)]
  const turns = callerTurns(played, spans([4600, 7000]))
  expect(turns).toEqual([
    { startMs: 0, endMs: 4000, utterances: [0, 1] },
    { startMs: 8000, endMs: 9000, utterances: [3] },
  ])
})

test('speech heard during a span is cut to that span', () => {
  expect(heardDuring({ startMs: 100, endMs: 200 }, spans([0, 50], [150, 400]))).toEqual(spans([150, 200]))
})
