import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeWav } from '../../../src/audio/wav.ts'
import { PEAKS_A_SECOND, Peaks } from '../../../src/web/staff/call/peaks.ts'
import { playsAt, rowsOf } from '../../../src/web/staff/live/pcm-player.ts'

const RATE = 8_000
/** The caller is loud in the first half, the agent in the second. */
const pcm = Int16Array.from({ length: RATE * 2 }, (_, at) => ((at % 2 === 0) === at < RATE ? -16_384 : 0))
const wav = encodeWav({ pcm, rateHz: RATE, channels: 2 })

function peaksOf(file: Uint8Array, sizes: readonly number[], fileBytes?: number): Peaks {
  const peaks = new Peaks()
  let at = 0
  for (let turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length] ?? file.length
    peaks.take(file.subarray(at, at + size), fileBytes)
    at += size
  }
  return peaks
}

test('peaks are of each side, ten milliseconds each', () => {
  const { channels, seconds } = peaksOf(wav, [wav.length])
  expect(seconds).toBe(1)
  const [caller, agent] = channels
  expect(caller).toHaveLength(PEAKS_A_SECOND)
  expect([caller[10], caller[90]]).toEqual([0.5, 0])
  expect([agent[10], agent[90]]).toEqual([0, 0.5])
})

test('pieces of whatever size give the same peaks', () => {
  const whole = peaksOf(wav, [wav.length]).channels
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }), sizes => {
      expect(peaksOf(wav, sizes).channels).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

test('a header that tells less than the file has, as a killed server leaves it, hides nothing', () => {
  const killed = wav.slice()
  new DataView(killed.buffer).setUint32(40, 0, true)
  expect(peaksOf(killed, [1_000], killed.length).seconds).toBe(1)
})

test('what is no recording of ours is refused in words', () => {
  expect(() => peaksOf(new Uint8Array(100), [100])).toThrow(/not a WAV of 16 bits/)
})

test('sound that comes late plays soon, and what is too old is dropped', () => {
  expect(playsAt(10, 5)).toBeCloseTo(10.15)
  expect(playsAt(10, 10.3)).toBe(10.3)
  expect(playsAt(10, 11.5)).toBeUndefined()
})

test('stereo sound is taken apart', () => {
  const [left, right] = rowsOf(Int16Array.from([16_384, -32_768, 0, 8_192]).buffer)
  expect([[...left], [...right]]).toEqual([
    [0.5, 0],
    [-1, 0.25],
  ])
})
