import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lateness } from '../../src/operations/lateness.ts'

test('without any counts everything is 0', () => {
  expect(new Lateness().summary()).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, mostMs: 0, byMs: [] })
})

test('the quantiles are exact to a tenth of a millisecond', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 99, noNaN: true }), { minLength: 1, maxLength: 300 }), some => {
      const lateness = new Lateness()
      for (const ms of some) lateness.add(ms)
      const sorted = some.toSorted((a, b) => a - b)
      const exact = (q: number): number => sorted[Math.max(0, Math.ceil(q * some.length) - 1)] ?? 0
      const { count, p50Ms, p99Ms, mostMs } = lateness.summary()
      expect(count).toBe(some.length)
      for (const [reported, expected] of [
        [p50Ms, exact(0.5)],
        [p99Ms, exact(0.99)],
        [mostMs, exact(1)],
      ] as const)
        expect(Math.abs(reported - expected)).toBeLessThanOrEqual(0.0501)
    }),
  )
})

test('early frames count as in time, and a second of lateness as the most', () => {
  const lateness = new Lateness()
  lateness.add(-3)
  lateness.add(1_000)
  expect(lateness.summary()).toMatchObject({ count: 2, p50Ms: 0, p99Ms: 100, mostMs: 1_000 })
  expect(lateness.summary().byMs).toHaveLength(101)
})

test('counts are grouped by millisecond, rounded up', () => {
  const lateness = new Lateness()
  for (const ms of [0, 0.2, 1, 1.4, 7.95]) lateness.add(ms)
  expect(lateness.summary().byMs).toEqual([1, 2, 1, 0, 0, 0, 0, 0, 1])
})
