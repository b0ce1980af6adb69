import { expect, test } from 'vitest'
import { loudnessDb } from '../../src/audio/loudness.ts'
import { resample, resampler } from '../../src/audio/resample.ts'

function tone(frequencyHz: number, rateHz: number): Int16Array {
  return Int16Array.from({ length: rateHz }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz)),
  )
}
/** Without the edges, where the sound starts and ends abruptly. */
const middle = (pcm: Int16Array): Int16Array => pcm.subarray(pcm.length / 4, (3 * pcm.length) / 4)

test.each([
  [16_000, 8_000],
  [8_000, 24_000],
  [16_000, 24_000],
  [44_100, 8_000],
])('a tone of 1 kHz passes from %i to %i Hz unchanged', (fromHz, toHz) => {
  const heard = middle(resample(tone(1_000, fromHz), fromHz, toHz))
  const wanted = middle(tone(1_000, toHz))
  expect(loudnessDb(heard.map((sample, i) => sample - (wanted[i] ?? 0)))).toBeLessThan(-60)
})

test('frequencies above the new rate’s band are removed without aliasing', () => {
  expect(loudnessDb(middle(resample(tone(5_000, 16_000), 16_000, 8_000)))).toBeLessThan(-60)
})

test('the duration stays the same', () => {
  expect(resample(new Int16Array(1_601), 16_000, 8_000)).toHaveLength(800)
  expect(resample(new Int16Array(0), 16_000, 8_000)).toHaveLength(0)
})

test('samples are clipped, not wrapped, where the filter overshoots', () => {
  const step = Int16Array.from({ length: 800 }, (_, i) => (i < 400 ? -32_768 : 32_767))
  const heard = resample(step, 8_000, 16_000)
  expect(Math.max(...heard.subarray(100, 790))).toBeLessThan(0)
  expect(Math.min(...heard.subarray(810, 1_500))).toBeGreaterThan(0)
})

test('the same rate gives a copy', () => {
  const pcm = tone(400, 8_000)
  const copy = resample(pcm, 8_000, 8_000)
  expect(copy).toEqual(pcm)
  expect(copy).not.toBe(pcm)
})

test('invalid rates are refused', () => {
  expect(() => resample(new Int16Array(8), 8_000, 0)).toThrow('from 8000 to 0 Hz')
})

test.each([
  [24_000, 16_000],
  [16_000, 8_000],
  [44_100, 8_000],
])('sound in pieces from %i to %i Hz is the same as at once, one delay later', (fromHz, toHz) => {
  const pcm = tone(1_000, fromHz)
  const whole = resample(pcm, fromHz, toHz)
  const inPieces = resampler(fromHz, toHz)
  const made: number[] = []
  for (let at = 0, piece = 1; at < pcm.length; at += piece, piece = (piece * 7) % 1_009)
    made.push(...inPieces(pcm.subarray(at, at + piece)))
  const best = Array.from({ length: 40 }, (_, lag) =>
    loudnessDb(Int16Array.from(whole.subarray(1_000, 3_000), (sample, i) => sample - (made[1_000 + i + lag] ?? 0))),
  )
  // The delay need not be whole samples of the new rate.
  expect(Math.min(...best)).toBeLessThan(fromHz % toHz === 0 || fromHz === 24_000 ? -60 : -20)
  expect(Math.abs(made.length - whole.length)).toBeLessThan(2)
})

test('pieces of 20 ms give pieces of 20 ms', () => {
  const lower = resampler(24_000, 16_000)
  expect([0, 1, 2, 3].map(() => lower(new Int16Array(480)).length)).toEqual([320, 320, 320, 320])
})
