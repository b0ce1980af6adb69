import { expect, test } from 'vitest'
import { loudnessDb } from '../../../src/audio/loudness.ts'
import { decodeMulaw } from '../../../src/audio/mulaw.ts'
import { gainFor, louder } from '../../../src/sandbox/softphone/soft-voice.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'

const spans = [{ startMs: 500, endMs: 1_500 }]
const at = (share: number) =>
  mulaw(
    silence(500),
    tone(1_000).map(sample => sample * share),
  )

test('a soft voice becomes as loud as a telephone’s, and one that is loud enough stays as it is', () => {
  expect(gainFor(at(1), spans)).toBe(1)
  const soft = at(1 / 30)
  const loud = louder(decodeMulaw(soft), gainFor(soft, spans)).subarray(4_000)
  expect(loudnessDb(loud)).toBeGreaterThan(-21)
  expect(loudnessDb(loud)).toBeLessThan(-19)
})

test('next to nothing becomes no roar, and where nobody spoke nothing is louder', () => {
  expect(gainFor(at(1 / 4_000), spans)).toBeLessThan(32)
  expect(gainFor(at(1 / 30), [])).toBe(1)
  expect(Math.max(...louder(Int16Array.of(20_000, -20_000), 4).map(Math.abs))).toBe(32_767)
})
