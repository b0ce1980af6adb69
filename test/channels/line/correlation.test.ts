import { expect, test } from 'vitest'
import { correlation } from '../../../src/channels/line/correlation.ts'
import { seeded } from '../../../src/sandbox/chance.ts'

const random = seeded(5)
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => 2_000 * (random() - 0.5))
const powerOf = (sound: Float32Array): number => sound.reduce((sum, sample) => sum + sample ** 2, 0)
const found = (heard: Float32Array, played: Float32Array): number => correlation(heard, powerOf(heard), played)

/** By its definition, place by place. */
function multiplied(heard: Float32Array, played: Float32Array): number {
  const at = Array.from({ length: played.length - heard.length + 1 }, (_, lag) => {
    const piece = played.subarray(lag, lag + heard.length)
    const power = powerOf(heard) * powerOf(piece)
    return power === 0
      ? 0
      : Math.abs(heard.reduce((sum, sample, i) => sum + sample * (piece[i] ?? 0), 0)) / Math.sqrt(power)
  })
  return Math.max(0, ...at)
}

test.each([
  [1_000, 4_200],
  [1_000, 4_096],
  [599, 600],
  [1, 1],
])('%i samples in %i are found as by multiplying them at each place', (heard, played) => {
  for (let times = 0; times < 3; times++) {
    const [a, b] = [noise(heard), noise(played)]
    expect(found(a, b)).toBeCloseTo(multiplied(a, b), 5)
  }
})

test('a quiet and inverted copy is found wherever it is', () => {
  const played = noise(4_200)
  for (const at of [0, 1_234, 3_200]) {
    const copy = played.slice(at, at + 1_000).map(sample => -sample / 50)
    expect(found(copy, played)).toBeCloseTo(1, 5)
  }
})

test('of silence, of nothing, and of more than was played nothing is found', () => {
  const sound = noise(100)
  expect(found(new Float32Array(100), sound)).toBe(0)
  expect(found(sound, new Float32Array(500))).toBe(0)
  expect(found(new Float32Array(0), sound)).toBe(0)
  expect(found(sound, sound.subarray(1))).toBe(0)
})

test('where the agent fell silent nothing is alike, however little is left of the sums', () => {
  const played = noise(8_000)
  played.fill(0, 2_000)
  const after = new Float32Array(8_000)
  after.set(played)
  expect(found(noise(1_000), after.subarray(1_990))).toBeLessThan(0.6)
})
