import alawmulaw from 'alawmulaw'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BetweenSamples } from '../../../src/web/softphone/sound/between-samples.ts'
import { fromMulaw, peakOf, toMulaw } from '../../../src/web/softphone/sound/mulaw.ts'
import { FRAME_BYTES, PHONE_HZ, type PhoneFrame, PhoneFrames } from '../../../src/web/softphone/sound/phone-frames.ts'

/** Rates at which sound cards, headsets and browsers run. */
const RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
const BLOCK = 128

const tone = (hz: number, rateHz: number, seconds: number, loud = 0.5): Float32Array =>
  Float32Array.from(
    { length: Math.round(rateHz * seconds) },
    (_, at) => loud * Math.sin((2 * Math.PI * hz * at) / rateHz),
  )
const loudness = (sound: Float32Array): number =>
  Math.sqrt(sound.reduce((sum, sample) => sum + sample ** 2, 0) / sound.length)

/** The strength of one frequency in a sound, by Goertzel's way: 1 for a tone of full scale. */
function strengthOf(hz: number, sound: Float32Array, rateHz: number): number {
  const [turn, length] = [(2 * Math.PI * hz) / rateHz, sound.length]
  const [cosine, sine] = [Math.cos, Math.sin].map(wave =>
    sound.reduce((sum, sample, at) => sum + sample * wave(turn * at), 0),
  )
  return (2 * Math.hypot(cosine ?? 0, sine ?? 0)) / length
}

/** In blocks, as a sound card gives them. */
function framesOf(sound: Float32Array, rateHz: number): readonly PhoneFrame[] {
  const frames: PhoneFrame[] = []
  const made = new PhoneFrames(rateHz)
  for (let at = 0; at < sound.length; at += BLOCK) made.take(sound.subarray(at, at + BLOCK), one => frames.push(one))
  return frames
}
const heardIn = (frames: readonly PhoneFrame[]): Float32Array =>
  Float32Array.from(frames.flatMap(({ bytes }) => [...fromMulaw(bytes)]))

test('mu-law is that of the server’s package, for each sample and each byte', () => {
  for (let level = -32_768; level <= 32_767; level++) {
    if (toMulaw(level / 32_768) === (alawmulaw.mulaw.encodeSample(level) & 0xff)) continue
    throw new Error(`${level} becomes ${toMulaw(level / 32_768)}`)
  }
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect([...fromMulaw(bytes)].map(level => level * 32_768 + 0)).toEqual([...alawmulaw.mulaw.decode(bytes)])
})

test('what is too loud is clipped, and what is no number is silence', () => {
  expect([7, Number.POSITIVE_INFINITY].map(toMulaw)).toEqual([0x80, 0x80])
  expect([-7, Number.NEGATIVE_INFINITY].map(toMulaw)).toEqual([0x00, 0x00])
  expect([0, -0, Number.NaN].map(toMulaw)).toEqual([0xff, 0xff, 0xff])
  expect(peakOf(new Uint8Array(160).fill(0xff))).toBe(0)
  expect(peakOf(Uint8Array.of(0xff, 0x00, 0x80))).toBeCloseTo(0.98, 2)
})

test.each(RATES)('a tone of a microphone at %i Hz keeps its pitch and its level, 50 frames a second', rateHz => {
  const frames = framesOf(tone(1_000, rateHz, 2), rateHz)
  expect(Math.abs(frames.length - 100)).toBeLessThanOrEqual(1)
  expect(frames.every(({ bytes }) => bytes.length === FRAME_BYTES)).toBe(true)
  const heard = heardIn(frames.slice(10, 90))
  expect(strengthOf(1_000, heard, PHONE_HZ)).toBeCloseTo(0.5, 1)
  expect(loudness(heard)).toBeCloseTo(0.5 / Math.SQRT2, 1)
  expect(frames.at(50)?.peak).toBeCloseTo(0.5, 1)
})

test.each(RATES.filter(rateHz => rateHz > 16_000))(
  'what a phone cannot carry is not folded into it at %i Hz',
  rateHz => {
    const heard = heardIn(framesOf(tone(5_500, rateHz, 1), rateHz).slice(10, 40))
    expect(loudness(heard)).toBeLessThan(0.002)
  },
)

test.each(RATES)('what the phone plays at %i Hz has no images above its band', rateHz => {
  const sound = new BetweenSamples(PHONE_HZ, rateHz)
  sound.push(tone(3_000, PHONE_HZ, 1))
  const heard: number[] = []
  while (sound.isReady) heard.push(sound.read(PHONE_HZ / rateHz))
  const steady = Float32Array.from(heard.slice(Math.round(rateHz * 0.1), Math.round(rateHz * 0.9)))
  expect(strengthOf(3_000, steady, rateHz)).toBeCloseTo(0.5, 2)
  if (rateHz > 12_000) expect(strengthOf(5_000, steady, rateHz)).toBeLessThan(0.000_5)
})

test('the sizes of the pieces change nothing', () => {
  const sound = tone(440, 44_100, 0.3)
  const whole = heardIn(framesOf(sound, 44_100))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 40 }), sizes => {
      const frames: PhoneFrame[] = []
      const made = new PhoneFrames(44_100)
      for (let [at, turn] = [0, 0]; at < sound.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        made.take(sound.subarray(at, at + size), one => frames.push(one))
        at += size
      }
      expect(heardIn(frames)).toEqual(whole)
    }),
    { numRuns: 50 },
  )
})

test('a rate that no sound has is refused', () => {
  for (const rateHz of [0, -1, Number.NaN, 1e9]) expect(() => new PhoneFrames(rateHz)).toThrow(RangeError)
})
