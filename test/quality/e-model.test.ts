import { describe, expect, test } from 'vitest'
import { CONCEALED, mosOf, ratingOf, UNCONCEALED } from '../../src/quality/e-model.ts'

const PERFECT = { lossPercent: 0, burstRatio: 1, delayMs: 0, robustness: UNCONCEALED }

describe('the opinion of a rating is that of ITU-T G.107', () => {
  /** Table B.1: the lower limits of the classes of speech transmission quality. */
  test.each([
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ])('R %d is MOS %d', (rating, mos) => {
    expect(Math.abs(mosOf(rating) - mos)).toBeLessThan(0.0101)
  })

  test.each([
    [93.2, 4.41],
    [100, 4.5],
    [120, 4.5],
    [0, 1],
    [-3, 1],
    [5, 1],
  ])('R %d is MOS %d', (rating, mos) => expect(mosOf(rating)).toBeCloseTo(mos, 2))
})

describe('the rating', () => {
  test('of a line with nothing wrong is G.107’s for its default values', () => expect(ratingOf(PERFECT)).toBe(93.2))

  /** R without Idd of an implementation of the whole of G.107 (github.com/manucorporat/e-model), for Ta alone. */
  test.each([
    [100, 93.2],
    [150, 93.04],
    [177, 92.05],
    [200, 90.16],
    [300, 78.44],
    [400, 69.13],
    [500, 62.56],
  ])('after %d ms without echo is %d', (delayMs, rating) =>
    expect(ratingOf({ ...PERFECT, delayMs })).toBeCloseTo(rating, 2),
  )

  /** Section 7.5 with G.113's Bpl, by hand: 95 × Ppl ÷ (Ppl ÷ BurstR + Bpl). */
  test.each([
    [1, 1, UNCONCEALED, 93.2 - 95 / 5.3],
    [5, 1, UNCONCEALED, 93.2 - 475 / 9.3],
    [1, 1, CONCEALED, 93.2 - 95 / 26.1],
    [2, 1, CONCEALED, 93.2 - 190 / 27.1],
    [10, 1, CONCEALED, 93.2 - 950 / 35.1],
    [5, 2, CONCEALED, 93.2 - 475 / 27.6],
    [100, 1, UNCONCEALED, 93.2 - 9_500 / 104.3],
  ])('with %d %% lost in bursts of %d and Bpl %d is %d', (lossPercent, burstRatio, robustness, rating) =>
    expect(ratingOf({ ...PERFECT, lossPercent, burstRatio, robustness })).toBeCloseTo(rating, 6),
  )

  test('never falls below 0', () => {
    expect(ratingOf({ ...PERFECT, lossPercent: 60, burstRatio: 20 })).toBe(0)
    expect(ratingOf({ ...PERFECT, lossPercent: 100, delayMs: 60_000 })).toBe(0)
  })

  test('grows with nothing that is worse', () => {
    const worse = [1, 2, 5, 20, 80].map(step =>
      ratingOf({ lossPercent: step / 4, burstRatio: 1 + step / 40, delayMs: 50 * step, robustness: CONCEALED }),
    )
    expect(worse).toEqual([...worse].sort((one, other) => other - one))
    expect(new Set(worse).size).toBeGreaterThan(3)
  })
})
