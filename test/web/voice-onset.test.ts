import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keyClicks, officeHum } from '../../src/audio/made-sounds.ts'
import { resample } from '../../src/audio/resample.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { VoiceOnset } from '../../src/web/state/voice-onset.ts'

const RATE_HZ = 48_000
const WINDOW = 2_048
const LOOK_MS = 10
const LEAD_MS = 1_000
const CALLS = new URL('../../fixtures/calls/', import.meta.url)

const samplesOf = (ms: number): number => (ms * RATE_HZ) / 1_000

/** When a voice was found in this sound, in ms, with a microphone that has this noise of its own. */
function found(pcm: Int16Array, noise = 0.0005): readonly number[] {
  const chance = seeded(1)
  const sound = Float32Array.from(pcm, sample => sample / 32_768 + noise * (2 * chance() - 1))
  const onset = new VoiceOnset()
  const times: number[] = []
  for (let end = WINDOW; end <= sound.length; end += samplesOf(LOOK_MS)) {
    const atMs = (end * 1_000) / RATE_HZ
    if (onset.take(sound.subarray(end - WINDOW, end), RATE_HZ, atMs)) times.push(atMs)
  }
  return times
}

/** The first 10 ms that are louder than -38 dBFS: what the browser bench takes for the beginning. */
function beginning(pcm: Int16Array): number {
  const block = samplesOf(10)
  for (let at = 0; at < pcm.length; at += block) {
    if (pcm.subarray(at, at + block).some(sample => Math.abs(sample) > 413)) return (at * 1_000) / RATE_HZ
  }
  throw new Error('nothing is loud there')
}

/** Silence, then this. */
function after(pcm: Int16Array): Int16Array {
  const sound = new Int16Array(samplesOf(LEAD_MS) + pcm.length)
  sound.set(pcm, samplesOf(LEAD_MS))
  return sound
}

const utterances = readdirSync(CALLS, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(new URL(`${name}/`, CALLS)).map(file => `${name}/${file}`))
  .filter(file => file.endsWith('.wav'))

test('each utterance is found once at its beginning, half of them within 60 ms and nearly all within 120', () => {
  const took = utterances.map(file => {
    const { pcm, rateHz } = decodeWav(readFileSync(new URL(file, CALLS)))
    const sound = after(resample(pcm, rateHz, RATE_HZ))
    const [first] = found(sound)
    expect(first, file).toBeDefined()
    return (first ?? 0) - beginning(sound)
  })
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor(share * took.length)] ?? Number.POSITIVE_INFINITY
  expect(utterances.length).toBeGreaterThan(40)
  expect(at(0)).toBeGreaterThan(-100)
  expect(at(0.5)).toBeLessThanOrEqual(60)
  expect(at(0.95)).toBeLessThanOrEqual(120)
})

test('keys that are struck, a room that hums and a microphone that hisses are no voice', () => {
  expect(found(resample(keyClicks(8_000, seeded(2)), 8_000, RATE_HZ))).toEqual([])
  expect(found(resample(officeHum(8_000, seeded(3)), 8_000, RATE_HZ))).toEqual([])
  for (const noise of [0.001, 0.01, 0.05])
    expect(found(new Int16Array(samplesOf(5_000)), noise), `${noise}`).toEqual([])
})

test('somebody who pauses is found anew, and one who goes on is not', () => {
  const tone = Int16Array.from(
    { length: samplesOf(400) },
    (_, i) => 4_000 * Math.sin((2 * Math.PI * 150 * i) / RATE_HZ),
  )
  const twice = (pauseMs: number): Int16Array =>
    after(Int16Array.from([...tone, ...new Int16Array(samplesOf(pauseMs)), ...tone]))
  expect(found(twice(150))).toHaveLength(1)
  expect(found(twice(400))).toHaveLength(2)
})
