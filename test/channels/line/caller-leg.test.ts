import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callerLeg, type PlacedMedia } from '../../../src/channels/line/caller-leg.ts'

const FRAME_MS = 20
const pcm = new Int16Array(160)
const STARTED_MS = 70_000

/** Places frames, given by the carrier's timestamp and their time of arrival. */
function placed(
  frames: readonly (readonly [timestampMs: number, nowMs: number])[],
): readonly (PlacedMedia | undefined)[] {
  const place = callerLeg(8_000)
  return frames.map(([timestampMs, nowMs]) => place(pcm, timestampMs, nowMs))
}
const atMs = (media: PlacedMedia | undefined): number => media?.frame.atMs ?? Number.NaN
const steady = (count: number, delayMs: (index: number) => number = () => 0) =>
  Array.from({ length: count }, (_, i) => [7 + i * FRAME_MS, STARTED_MS + (i + 1) * FRAME_MS + delayMs(i)] as const)

test('a frame has the time of its first sample, 20 ms before it can arrive', () => {
  const [first] = placed([[7, STARTED_MS]])
  expect(first).toMatchObject({ positionMs: 7, gapMs: 0, frame: { atMs: STARTED_MS - FRAME_MS, rateHz: 8_000 } })
  expect(first?.frame.pcm).toHaveLength(160)
})

test('a steady stream has no gaps', () => {
  const media = placed(steady(100))
  expect(media.map(atMs)).toEqual(media.map((_, i) => STARTED_MS + i * FRAME_MS))
  expect(media.map(some => some?.gapMs)).toEqual(media.map(() => 0))
})

test('frames that arrive in a burst keep the times at which they were spoken', () => {
  const bunched = (i: number): number => (i % 10) * -FRAME_MS + 9 * FRAME_MS
  const media = placed(steady(100, i => (i < 50 ? 0 : bunched(i))))
  for (const [i, some] of media.entries()) expect(atMs(some)).toBeCloseTo(STARTED_MS + i * FRAME_MS, 0)
})

test('with any jitter, frames stay 20 ms apart within the drift, and never get a time after their arrival', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 200 })
  fc.assert(
    fc.property(delays, jitter => {
      // A socket keeps the order, so a late frame also delays the next ones.
      let latest = 0
      const frames = steady(jitter.length, i => jitter[i] ?? 0).map(([timestampMs, nowMs]) => {
        latest = Math.max(latest, nowMs)
        return [timestampMs, latest] as const
      })
      const media = placed(frames)
      for (const [i, some] of media.entries()) {
        expect(some).toBeDefined()
        expect(atMs(some) + FRAME_MS).toBeLessThanOrEqual((frames[i]?.[1] ?? 0) + 1e-6)
        expect(atMs(some)).toBeGreaterThanOrEqual(STARTED_MS + i * FRAME_MS - 1e-6)
        if (i > 0) expect(atMs(some) - atMs(media[i - 1])).toBeLessThanOrEqual(FRAME_MS + 0.5)
      }
    }),
  )
})

test('a first frame with little delay loses its influence no faster than clocks drift', () => {
  const media = placed(steady(3_000, i => (i === 0 ? 0 : 150)))
  const driftedMs = atMs(media.at(-1)) - (STARTED_MS + 2_999 * FRAME_MS)
  expect(driftedMs).toBeGreaterThan(55)
  expect(driftedMs).toBeLessThan(65)
})

test.each([400, -400])("a carrier's clock that drifts by %i ppm is followed for half an hour", ppm => {
  const count = (30 * 60_000) / FRAME_MS
  const place = callerLeg(8_000)
  let worstMs = 0
  for (let i = 0; i < count; i++) {
    const nowMs = STARTED_MS + (i + 1) * FRAME_MS * (1 + ppm / 1e6)
    const media = place(pcm, i * FRAME_MS, nowMs)
    worstMs = Math.max(worstMs, Math.abs(atMs(media) + FRAME_MS - nowMs))
  }
  expect(worstMs).toBeLessThan(1)
})

test('missing sound is reported as a gap, and later sound keeps its time', () => {
  const frames = steady(10)
  const media = placed([...frames.slice(0, 4), ...frames.slice(7)])
  expect(media.map(some => some?.gapMs)).toEqual([0, 0, 0, 0, 60, 0, 0])
  expect(atMs(media[4])).toBe(STARTED_MS + 7 * FRAME_MS)
})

test('a repeated frame, or one after a later one, is dropped', () => {
  const [one = [0, 0], two = [0, 0], three = [0, 0]] = steady(3)
  const media = placed([one, three, two, three])
  expect(media.map(some => some !== undefined)).toEqual([true, true, false, false])
})

test('an empty payload is ignored', () => {
  const place = callerLeg(8_000)
  expect(place(new Int16Array(), 0, STARTED_MS)).toBeUndefined()
  expect(place(pcm, 7, STARTED_MS)).toMatchObject({ gapMs: 0, positionMs: 7 })
})

test('timestamps that go back to 0 start a new time base without a gap', () => {
  const early = steady(500)
  const again = steady(20).map(([timestampMs, nowMs]) => [timestampMs - 7, nowMs + 10_000] as const)
  const media = placed([...early, ...again])
  expect(media.every(some => some !== undefined)).toBe(true)
  expect(media[500]).toMatchObject({ gapMs: 0, positionMs: 7 + 10_000 })
  expect(atMs(media.at(-1))).toBeCloseTo(STARTED_MS + 519 * FRAME_MS, 0)
})

test('timestamps that jump far ahead start a new time base', () => {
  const jumping = steady(40).map(([timestampMs, nowMs], i) => [timestampMs + (i < 20 ? 0 : 3_600_000), nowMs] as const)
  const media = placed(jumping)
  expect(media.map(some => some?.positionMs)).toEqual(media.map((_, i) => 7 + i * FRAME_MS))
  expect(media.map(atMs)).toEqual(media.map((_, i) => STARTED_MS + i * FRAME_MS))
})

test('a network stall of ten seconds is a gap, not a new time base', () => {
  const media = placed([
    [7, STARTED_MS],
    [10_007, STARTED_MS + 10_000],
  ])
  expect(media[1]).toMatchObject({ gapMs: 9_980, positionMs: 10_007 })
})

test('with any timestamps, positions never go back and times are numbers', () => {
  const messages = fc.array(fc.tuple(fc.nat(Number.MAX_SAFE_INTEGER), fc.nat(30_000)), { maxLength: 100 })
  fc.assert(
    fc.property(messages, some => {
      const place = callerLeg(8_000)
      let nowMs = STARTED_MS
      let endMs = 0
      for (const [timestampMs, laterMs] of some) {
        nowMs += laterMs
        const media = place(pcm, timestampMs, nowMs)
        if (!media) continue
        expect(media.gapMs).toBeGreaterThanOrEqual(0)
        expect(media.positionMs).toBeGreaterThanOrEqual(endMs - FRAME_MS / 2)
        expect(media.frame.atMs).toBeLessThanOrEqual(nowMs)
        endMs = media.positionMs + FRAME_MS
      }
    }),
  )
})

test('positions start at 0 for any first timestamp', () => {
  const bases = [0, 3_600_000, 1_795_000_000_000]
  for (const base of bases) {
    const [first, second] = placed([
      [base, STARTED_MS],
      [base + FRAME_MS, STARTED_MS + FRAME_MS],
    ])
    expect([first?.positionMs, first?.gapMs, second?.positionMs, second?.gapMs]).toEqual([0, 0, FRAME_MS, 0])
  }
})
