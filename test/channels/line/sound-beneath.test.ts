import { expect, test } from 'vitest'
import { SoundBeneath } from '../../../src/channels/line/sound-beneath.ts'
import { FarEnd } from './far-end.ts'

const RATE_HZ = 8_000
const FRAME = 160
const LOUD = 10_000
const loud = (frames = 1): Int16Array => new Int16Array(FRAME * frames).fill(LOUD)
const peak = (pcm: Int16Array): number => pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

/** Takes frames off it, each given by its loudest sample. */
function taken(sound: SoundBeneath, frames: number, isSpeech = false): readonly number[] {
  return Array.from({ length: frames }, () => {
    const pcm = new Int16Array(FRAME)
    sound.addTo(pcm, isSpeech)
    return peak(pcm)
  })
}

test('it begins when 80 ms of it are there, lower than a voice, and lower still under speech', () => {
  const sound = new SoundBeneath(RATE_HZ, RATE_HZ)
  for (let i = 0; i < 3; i++) sound.push(loud())
  expect(taken(sound, 2)).toEqual([0, 0])
  sound.push(loud())
  const [first, second] = taken(sound, 2)
  expect([first, second]).toEqual([Math.round(LOUD * 10 ** (-14 / 20)), Math.round(LOUD * 10 ** (-14 / 20))])
  sound.push(loud(3))
  expect(taken(sound, 2, true)[1]).toBe(Math.round(LOUD * 10 ** (-22 / 20)))
})

test('what comes late makes one gap, after which 80 ms are kept again', () => {
  const sound = new SoundBeneath(RATE_HZ, RATE_HZ)
  sound.push(loud(4))
  expect(taken(sound, 4).every(level => level > 0)).toBe(true)
  taken(sound, 1)
  sound.push(loud())
  expect(taken(sound, 3)).toEqual([0, 0, 0])
  sound.push(loud(3))
  expect(taken(sound, 1)[0]).toBeGreaterThan(0)
})

test('nothing clicks: no sample is far from the one before', () => {
  const sound = new SoundBeneath(RATE_HZ, RATE_HZ)
  sound.push(loud(5))
  const pcm = new Int16Array(FRAME * 8)
  for (let at = 0; at < pcm.length; at += FRAME) sound.addTo(pcm.subarray(at, at + FRAME), at >= FRAME * 2)
  const steps = pcm.slice(1).map((sample, i) => Math.abs(sample - (pcm[i] ?? 0)))
  expect(peak(steps)).toBeLessThan(200)
  // It is silent again at its end.
  expect(pcm.at(-1)).toBe(0)
})

test('of what piles up the newest is heard, and no more than that is kept', () => {
  const sound = new SoundBeneath(RATE_HZ, RATE_HZ)
  for (let i = 0; i < 500; i++) sound.push(loud())
  sound.push(new Int16Array(FRAME * 5).fill(1))
  const levels = taken(sound, 40)
  expect(levels.filter(level => level > 0).length).toBeLessThanOrEqual(15)
  expect(() => sound.push(new Int16Array(1_000_000))).not.toThrow()
})

test('a sum beyond the loudest sample is cut', () => {
  const sound = new SoundBeneath(RATE_HZ, RATE_HZ)
  sound.push(new Int16Array(FRAME * 4).fill(32_000))
  const pcm = new Int16Array(FRAME).fill(32_000)
  sound.addTo(pcm, false)
  expect(peak(pcm)).toBe(32_767)
})

test('a telephone is heard in a browser, at its rate', () => {
  const sound = new SoundBeneath(8_000, 24_000)
  for (let i = 0; i < 10; i++)
    sound.push(Int16Array.from({ length: FRAME }, (_, k) => LOUD * Math.sin(((i * FRAME + k) * Math.PI) / 10)))
  const pcm = new Int16Array(480 * 8)
  sound.addTo(pcm, false)
  expect(peak(pcm)).toBeGreaterThan(1_500)
  expect(peak(pcm)).toBeLessThan(2_200)
})

test('on a line it is sent in pauses, and speech, its marks and its words come as without it', async () => {
  const heardWith = async (isThere: boolean) => {
    const end = new FarEnd()
    end.echoMs = 30
    const { background } = end.playout
    const push = isThere ? background.beneath(RATE_HZ) : undefined
    for (let i = 0; i < 25; i++) {
      push?.(loud())
      await end.clock.advance(20)
    }
    const speech = end.begin()
    speech.sound(400)
    speech.end()
    for (let i = 0; i < 50; i++) {
      push?.(loud())
      await end.clock.advance(20)
    }
    background.close()
    await end.clock.advance(200)
    return { end, pending: end.clock.pending }
  }
  const [without, with_] = [await heardWith(false), await heardWith(true)]
  const spoken = (end: FarEnd) => end.recorded.filter(({ isVoice }) => isVoice).map(({ playsAtMs }) => playsAtMs)
  expect(spoken(with_.end)).toEqual(spoken(without.end))
  expect(with_.end.marks()).toEqual(without.end.marks())
  expect(with_.end.recorded.filter(({ isVoice, peak: level }) => !isVoice && level > 0).length).toBeGreaterThan(20)
  expect(with_.pending).toBe(0)
})

test('who hears nobody any more hears nothing more of them', async () => {
  const end = new FarEnd()
  const { background } = end.playout
  const first = background.beneath(RATE_HZ)
  const second = background.beneath(RATE_HZ)
  for (let i = 0; i < 10; i++) first(loud())
  await end.clock.advance(200)
  expect(end.recorded.every(({ peak: level }) => level === 0)).toBe(true)
  background.nothingBeneath()
  for (let i = 0; i < 10; i++) second(loud())
  const before = end.recorded.length
  await end.clock.advance(200)
  expect(end.recorded.length).toBeLessThanOrEqual(before + 3)
  expect(end.clock.pending).toBe(0)
})
