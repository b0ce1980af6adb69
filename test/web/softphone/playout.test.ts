import { expect, test } from 'vitest'
import { toMulaw } from '../../../src/web/softphone/sound/mulaw.ts'
import { Playout } from '../../../src/web/softphone/sound/playout.ts'

const RATE_HZ = 48_000
/** Long calls are played at a rate that takes the test less time. */
const LOW_HZ = 8_000
const BLOCK = 128
const SILENCE = new Uint8Array(160).fill(0xff)

/** One long tone, cut into frames. */
const tone = (frame: number, hz = 400): Uint8Array =>
  Uint8Array.from({ length: 160 }, (_, at) => toMulaw(0.5 * Math.sin((2 * Math.PI * hz * (frame * 160 + at)) / 8_000)))

interface Played {
  readonly sound: Float32Array
  readonly playout: Playout
  readonly readyMs: readonly number[]
}
/**
 * Plays for so many seconds of the listener's clock. `arrivesMs`: when each frame comes, in ms by the same clock, or
 * undefined once no more come.
 */
function play(
  seconds: number,
  arrivesMs: (frame: number) => number | undefined,
  sound: (frame: number) => Uint8Array = tone,
  rateHz = RATE_HZ,
): Played {
  const playout = new Playout(rateHz)
  const blocks = Math.round((seconds * rateHz) / BLOCK)
  const heard = new Float32Array(blocks * BLOCK)
  const readyMs: number[] = []
  let frame = 0
  for (let block = 0; block < blocks; block++) {
    const nowMs = (block * BLOCK * 1_000) / rateHz
    for (let at = arrivesMs(frame); at !== undefined && at <= nowMs; at = arrivesMs(frame)) playout.take(sound(frame++))
    playout.read(heard.subarray(block * BLOCK, (block + 1) * BLOCK))
    readyMs.push(playout.readyMs)
  }
  return { sound: heard, playout, readyMs }
}
const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0)
/** The largest step from one sample to the next. */
const largestStep = (sound: Float32Array): number =>
  sound.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (sound[at - 1] ?? 0))), 0)
/** A tone's own: 2π · 400 / 48,000 · 0.5, and what mu-law adds. */
const SMOOTH = 0.05
/** A jitter of 0 to 1 that is the same each time. */
const unsteady = (frame: number): number => ((frame * 7_919) % 97) / 97

test('it waits for 60 ms of sound, then plays all of it', () => {
  const { sound, playout } = play(2, frame => frame * 20)
  const first = sound.findIndex(sample => Math.abs(sample) > 0.05)
  expect((first * 1_000) / RATE_HZ).toBeGreaterThan(40)
  expect((first * 1_000) / RATE_HZ).toBeLessThan(65)
  expect(largestStep(sound)).toBeLessThan(SMOOTH)
  expect(playout.counts).toEqual({ ranDry: 0, leftOutMs: 0 })
})

test.each([
  { name: 'slower', frameMs: 20.02 },
  { name: 'faster', frameMs: 19.98 },
])(
  'ten minutes of a clock that is a thousandth $name, with jitter, never run dry and never fall behind',
  ({ frameMs }) => {
    const { sound, playout, readyMs } = play(600, frame => frame * frameMs + 15 * unsteady(frame), tone, LOW_HZ)
    expect(playout.counts).toEqual({ ranDry: 0, leftOutMs: 0 })
    expect(most(readyMs)).toBeLessThanOrEqual(120)
    // 2π · 400 / 8,000 · 0.5.
    expect(largestStep(sound)).toBeLessThan(0.18)
  },
)

test('a stall of two seconds and the burst after it do not make the rest late', () => {
  const { sound, playout, readyMs } = play(10, frame => (frame >= 100 && frame < 200 ? 4_000 : frame * 20))
  expect(playout.counts.ranDry).toBe(1)
  expect(playout.counts.leftOutMs).toBeGreaterThan(1_700)
  expect(most(readyMs.slice(-1_000))).toBeLessThanOrEqual(160)
  expect(largestStep(sound)).toBeLessThan(0.1)
})

test('a line that runs dry fades out and in, and waits for more than before', () => {
  const late = (frame: number): number => frame * 20 + (frame >= 50 ? 100 : 0) + (frame >= 150 ? 100 : 0)
  const { sound, playout } = play(6, late)
  expect(playout.counts.ranDry).toBe(2)
  expect(largestStep(sound)).toBeLessThan(0.1)
  const steady = play(6, frame => frame * 20 + (frame >= 50 ? 100 : 0) + (frame >= 150 ? 15 : 0))
  expect(steady.playout.counts.ranDry).toBe(1)
})

test('what is too much is left out where it is quiet', () => {
  const quiet = (frame: number): Uint8Array => (frame >= 200 && frame < 260 ? SILENCE : tone(frame))
  // Seven frames come at once, and from then on each is that much earlier.
  const { playout, readyMs } = play(8, frame => (frame < 50 ? frame * 20 : Math.max(1_000, (frame - 7) * 20)), quiet)
  expect(playout.counts.ranDry).toBe(0)
  expect(playout.counts.leftOutMs).toBeGreaterThan(20)
  expect(playout.counts.leftOutMs).toBeLessThan(140)
  expect(most(readyMs.slice(-500))).toBeLessThanOrEqual(120)
})

test('when no more comes there is silence, and what is kept stays small', () => {
  const { sound, playout } = play(3, frame => (frame < 50 ? frame * 20 : undefined))
  expect(sound.slice(-RATE_HZ).every(sample => Math.abs(sample) < 1e-6)).toBe(true)
  expect(playout.readyMs).toBe(0)
  for (let frame = 0; frame < 1_000; frame++) playout.take(tone(frame))
  expect(playout.readyMs).toBeLessThanOrEqual(300)
})
