import { expect, test } from 'vitest'
import { seeded } from '../../../src/sandbox/chance.ts'
import { levelOf, mixed, NOISES, noise } from './noises.ts'

const rateHz = 8_000
const chatter = Int16Array.from({ length: 16_000 }, (_, i) => 3_000 * Math.sin(i / 7))
const parts = (seed: number) => ({ random: seeded(seed), rateHz, chatter })

test.each(NOISES)('%s is the same from the same seed, and another from another', kind => {
  const one = noise(kind, 8_000, parts(1))
  expect(noise(kind, 8_000, parts(1))).toEqual(one)
  expect(noise(kind, 8_000, parts(2))).not.toEqual(one)
  expect(levelOf(one)).toBeGreaterThan(0.003)
})

test.each([10, 20])('noise lies %i dB below the voice', snrDb => {
  const speech = Int16Array.from({ length: 8_000 }, (_, i) => 8_000 * Math.sign(Math.sin(i / 5)))
  const behind = mixed(speech, noise('pink', 8_000, parts(1)), snrDb).map((sample, i) => sample - (speech[i] ?? 0))
  expect(20 * Math.log10(levelOf(speech) / levelOf(behind))).toBeCloseTo(snrDb, 1)
})

test('pink noise has the same power in each octave, within 2 dB', () => {
  const sound = noise('pink', 65_536, parts(3))
  const powers = [250, 500, 1_000, 2_000].map(hz => 10 * Math.log10(octavePower(sound, hz)))
  expect(Math.max(...powers) - Math.min(...powers)).toBeLessThan(2)
})

/** The power between a frequency and its octave, by some Fourier terms of it. */
function octavePower(sound: Float64Array, fromHz: number): number {
  const terms = 24
  let sum = 0
  for (let term = 0; term < terms; term++) {
    const step = (2 * Math.PI * (fromHz * 2 ** ((term + 0.5) / terms))) / rateHz
    const block = 2_048
    for (let at = 0; at + block <= sound.length; at += block) {
      let [real, imaginary] = [0, 0]
      for (let i = 0; i < block; i++) {
        real += (sound[at + i] ?? 0) * Math.cos(step * i)
        imaginary += (sound[at + i] ?? 0) * Math.sin(step * i)
      }
      sum += real * real + imaginary * imaginary
    }
  }
  return (sum / terms) * fromHz
}
