import { expect, test } from 'vitest'
import { seeded } from '../../src/sandbox/chance.ts'
import { type Delay, drawMs, isProfileName, profiles } from '../../src/sandbox/delays.ts'

const delays = Object.entries(profiles).flatMap(([name, profile]) =>
  (['interim', 'final', 'firstToken', 'firstSound'] as const).map((what): [string, Delay] => [
    `${name} ${what}`,
    profile[what],
  ]),
)

function drawn(delay: Delay, seed: number): readonly number[] {
  const chance = seeded(seed)
  return Array.from({ length: 2_000 }, () => drawMs(delay, chance)).sort((a, b) => a - b)
}

test.each(delays)('%s has the median and the 95th percentile of its profile', (_name, delay) => {
  const sorted = drawn(delay, 7)
  // Those of this machine alone add nothing.
  if (delay.medianMs === 0) return expect(new Set(sorted)).toEqual(new Set([0]))
  expect(Math.abs((sorted[1_000] ?? 0) / delay.medianMs - 1)).toBeLessThan(0.06)
  expect(Math.abs((sorted[1_900] ?? 0) / delay.p95Ms - 1)).toBeLessThan(0.08)
  expect(sorted[0]).toBeGreaterThan(0)
})

test('the same seed draws the same delays, and another seed draws others', () => {
  const { firstToken } = profiles.fast
  expect(drawn(firstToken, 3)).toEqual(drawn(firstToken, 3))
  expect(drawn(firstToken, 3)).not.toEqual(drawn(firstToken, 4))
})

test('a delay with a median of 0 is always 0', () => {
  expect(drawMs({ medianMs: 0, p95Ms: 0 }, seeded(1))).toBe(0)
})

test('only the names of the profiles are accepted', () => {
  expect(['fast', 'typical', 'peer', 'local', 'slow', 'toString'].map(isProfileName)).toEqual([
    ...[true, true, true, true],
    ...[false, false],
  ])
})
