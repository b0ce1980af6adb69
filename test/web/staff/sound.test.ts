import { expect, test } from 'vitest'
import { loudnessIn } from '../../../src/web/staff/call/peaks.ts'
import { playsAt, rowsOf } from '../../../src/web/staff/live/pcm-player.ts'

test('a side’s loudness is read out of what the server gives: bytes that are square roots', () => {
  const loud = loudnessIn(Buffer.from([0, 51, 255]).toString('base64'))
  expect(loud).toHaveLength(3)
  for (const [at, share] of [0, 0.04, 1].entries()) expect(loud[at]).toBeCloseTo(share)
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
