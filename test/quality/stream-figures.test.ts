import fc from 'fast-check'
import { expect, test } from 'vitest'
import { burstRatioOf, FollowedStream, lossPercentOf } from '../../src/quality/stream-figures.ts'

/** Frames of 20 ms, by position and arrival. */
function followed(frames: readonly (readonly [positionMs: number, arrivedMs: number])[]) {
  const stream = new FollowedStream()
  for (const [positionMs, arrivedMs] of frames) stream.take(positionMs, 20, arrivedMs)
  return stream.figures()
}
const steady = (count: number, lateMs: (i: number) => number = () => 0) =>
  Array.from({ length: count }, (_, i) => [i * 20, 900 + i * 20 + lateMs(i)] as const)

test('nothing came: nothing is known, and nothing is wrong', () => {
  expect(followed([])).toEqual({ soundMs: 0, lostMs: 0, gaps: 0, longestGapMs: 0, jitterMs: 0 })
  expect(followed([[40, 1]])).toMatchObject({ soundMs: 20, lostMs: 0, jitterMs: 0 })
})

test('a steady stream has neither gaps nor jitter, wherever it begins', () => {
  expect(followed(steady(500).map(([p, a]) => [p + 90_000, a]))).toEqual({
    ...{ soundMs: 10_000, lostMs: 0, gaps: 0, longestGapMs: 0, jitterMs: 0 },
  })
})

test('what is missing is counted by the sender’s clock, however late the rest comes', () => {
  const frames = steady(100, i => (i % 7) * 3).filter((_, i) => i !== 20 && (i < 50 || i > 54))
  const figures = followed(frames)
  expect(figures).toMatchObject({ soundMs: 94 * 20, lostMs: 120, gaps: 2, longestGapMs: 100 })
  expect(lossPercentOf(figures)).toBeCloseTo(6, 9)
})

test('carriers’ rounding of timestamps is no gap', () => {
  expect(followed(steady(100).map(([p, a], i) => [p + (i % 3), a]))).toMatchObject({ lostMs: 0, gaps: 0 })
})

/** RFC 3550, section 6.4.1, by hand: J += (|D| − J) ÷ 16. */
test.each([
  [
    [0, 16, 0],
    [1, 1 + (16 - 1) / 16],
  ],
  [
    [0, 16, 16, 16],
    [1, 15 / 16, (15 / 16) ** 2],
  ],
  [
    [0, 0, 0],
    [0, 0],
  ],
])('frames that are late by %j ms have the jitters %j', (late, jitters) => {
  const mean = jitters.reduce((sum, one) => sum + one, 0) / jitters.length
  expect(followed(steady(late.length, i => late[i] ?? 0)).jitterMs).toBeCloseTo(mean, 9)
})

test('frames that come in bursts of three have their jitter', () => {
  const { jitterMs } = followed(steady(3_000, i => 40 - 20 * (i % 3)))
  expect(jitterMs).toBeCloseTo((40 + 20 + 20) / 3, 0)
})

/** G.107: the mean length of bursts over that of losses by chance, 1 ÷ (1 − Ppl). */
test.each([
  ['single frames', [{ gaps: 10, lostMs: 200, soundMs: 9_800 }], 1],
  ['nothing', [{ gaps: 0, lostMs: 0, soundMs: 9_800 }], 1],
  ['five frames at once', [{ gaps: 2, lostMs: 200, soundMs: 9_800 }], 5 * 0.98],
] as const)('the burst ratio of %s', (_, [figures], ratio) => {
  expect(burstRatioOf({ ...figures, longestGapMs: 0, jitterMs: 0 })).toBeCloseTo(ratio, 9)
})

test('loss stays between 0 and 100, whatever comes', () => {
  const frame = fc.tuple(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 0, max: 1e7 }))
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 50 }), frames => {
      const figures = followed(frames.map(([p, a]) => [p, a] as const))
      const loss = lossPercentOf(figures)
      expect(loss >= 0 && loss <= 100).toBe(true)
      expect(Object.values(figures).every(Number.isFinite)).toBe(true)
      expect(burstRatioOf(figures)).toBeGreaterThanOrEqual(1)
    }),
  )
})
