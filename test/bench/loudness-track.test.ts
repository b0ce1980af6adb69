import { expect, test } from 'vitest'
import { encodeMulaw } from '../../src/audio/mulaw.ts'
import { isFull, isUp, loudnessTrack, voiceBefore, yielding } from './loudness-track.ts'

/** Sound at these levels (dBFS), each for the given time. */
const leg = (...parts: readonly (readonly [db: number, ms: number])[]): Uint8Array =>
  encodeMulaw(
    Int16Array.from(
      parts.flatMap(([db, ms]) => {
        const amplitude = Math.SQRT2 * 32_768 * 10 ** (db / 20)
        return Array.from({ length: ms * 8 }, (_, i) => Math.round(amplitude * Math.sin((2 * Math.PI * i) / 20)))
      }),
    ),
  )
const SILENT = Number.NEGATIVE_INFINITY

test('the track has the loudness of each 20 ms frame', () => {
  const track = loudnessTrack(leg([-20, 40], [SILENT, 20]))
  expect([...track].map(db => (Number.isFinite(db) ? Math.round(db) : db))).toEqual([-20, -20, SILENT])
})

test('the level is that of the second before, and a pause has none', () => {
  const track = loudnessTrack(leg([-10, 500], [-20, 500], [-26, 500], [SILENT, 1_500]))
  expect(voiceBefore(track, 1_500)).toBeCloseTo(-20, 0)
  expect(voiceBefore(track, 3_000)).toBeUndefined()
})

test('a voice that is turned down and then stopped has a time for each', () => {
  const track = loudnessTrack(leg([-20, 1_200], [-38, 300], [SILENT, 1_000], [-20, 500]))
  expect(yielding(track, -20, 1_000, 2_500)).toEqual({ downMs: 200, silentMs: 500 })
})

test('a pause of a voice that goes on does not count as yielding', () => {
  const track = loudnessTrack(leg([-20, 1_000], [SILENT, 300], [-20, 100], [SILENT, 300], [-38, 100], [SILENT, 500]))
  expect(yielding(track, -20, 1_000, 2_300)).toEqual({ downMs: 400, silentMs: 800 })
})

test('a voice that is already silent yields at once', () => {
  const track = loudnessTrack(leg([-20, 1_000], [SILENT, 1_000]))
  expect(yielding(track, -20, 1_000, 2_000)).toEqual({ downMs: 0, silentMs: 0 })
})

test('a voice that is turned down is neither full nor up, and one that is 4 dB softer is both', () => {
  const track = loudnessTrack(leg([-38, 1_000], [-24, 1_000]))
  expect([isFull(track, -20, 0, 1_000), isUp(track, -20, 0, 1_000)]).toEqual([false, false])
  expect([isFull(track, -20, 1_000, 2_000), isUp(track, -20, 1_000, 2_000)]).toEqual([true, true])
})
