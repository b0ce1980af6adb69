import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../../src/audio/mulaw.ts'
import { resample } from '../../../src/audio/resample.ts'
import { type Flite, openFlite } from '../../../src/flite/flite.ts'
import { DECODER_FILE, type Moonshine, openMoonshine } from '../../../src/providers/local/moonshine.ts'
import { plainWords } from '../../../src/providers/local/plain-words.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { earsModel } from '../../models/ears-model.ts'

const RATE_HZ = 16_000
const never = new AbortController().signal

let folder: string
let moonshine: Moonshine
let flite: Flite
beforeAll(async () => {
  folder = await earsModel()
  moonshine = await openMoonshine(folder)
  flite = openFlite()
})
afterAll(async () => {
  await moonshine.close()
  await flite.close()
})

/** A sentence as a telephone brings it, with silence of `padMs` before and after it. */
async function spoken(text: string, padMs = 200): Promise<Int16Array> {
  const { pcm, rateHz } = await flite.synthesize(text, 'rms', never)
  const phone = resample(decodeMulaw(encodeMulaw(resample(pcm, rateHz, 8_000))), 8_000, RATE_HZ)
  const pad = (padMs * RATE_HZ) / 1_000
  const padded = new Int16Array(phone.length + 2 * pad)
  padded.set(phone, pad)
  return padded
}

const words = (text: string): readonly string[] =>
  plainWords(text)
    .toLowerCase()
    .replace(/[^a-z0-9 ]/g, '')
    .split(' ')
const SENTENCES = [
  'What time do you open on Friday?',
  'Please read my tasks again.',
  'What is due next week?',
  'Thank you, that is all.',
  'Where are you?',
  'Yes, please.',
  'No.',
]

// Processors differ in how they round, so no single word is asserted. npm run compare:ears has figures for people's voices.
test('it understands four words of five of a synthetic voice on a telephone', async () => {
  let found = 0
  let said = 0
  for (const sentence of SENTENCES) {
    const heard = words(await moonshine.recognize(await spoken(sentence)))
    said += words(sentence).length
    found += words(sentence).filter(word => heard.includes(word)).length
  }
  expect(found / said).toBeGreaterThanOrEqual(0.8)
})

test('it takes samples as numbers of both kinds', async () => {
  const pcm = await spoken('What time do you open on Friday?')
  const floats = Float32Array.from(pcm, sample => sample / 32_768)
  expect(await moonshine.recognize(floats)).toBe(await moonshine.recognize(pcm))
})

test('nothing, silence and very little of anything are no words', async () => {
  expect(await moonshine.recognize(new Int16Array(0))).toBe('')
  expect(await moonshine.recognize(new Int16Array(800).fill(9_000))).toBe('')
  expect(await moonshine.recognize(new Int16Array(2 * RATE_HZ))).toBe('')
  expect(await moonshine.recognize(new Float32Array(2 * RATE_HZ).fill(Number.NaN))).toBe('')
})

const random = seeded(1)
const sine = (hz: number, at: number): number => Math.sin((2 * Math.PI * hz * at) / RATE_HZ)
const NOISES: Readonly<Record<string, (at: number) => number>> = {
  'white noise': () => 2 * random() - 1,
  'a tone': at => sine(440, at),
  'a key of a telephone': at => (sine(770, at) + sine(1_336, at)) / 2,
  'a ring tone': at => (at % RATE_HZ < RATE_HZ / 2 ? (sine(440, at) + sine(480, at)) / 2 : 0),
  'a tune': at => sine([262, 330, 392, 523][Math.floor(at / 6_000) % 4] ?? 0, at),
}

test.each(Object.keys(NOISES))('%s is no words, soft or loud, short or long', async name => {
  for (const loudness of [200, 3_000])
    for (const seconds of [0.6, 3]) {
      const noise = Int16Array.from({ length: seconds * RATE_HZ }, (_, at) => loudness * (NOISES[name]?.(at) ?? 0))
      expect(await moonshine.recognize(noise)).toBe('')
    }
})

test('whatever it hears, it says no more than a quick talker could', async () => {
  // A vowel that is cut into pieces makes decoders repeat themselves.
  const pcm = await spoken('no', 0)
  const again = Int16Array.from({ length: 10 * RATE_HZ }, (_, at) => pcm[at % 3_000] ?? 0)
  const text = await moonshine.recognize(again)
  expect(text.split(' ').length).toBeLessThanOrEqual(75)
})

test('an abort ends it between two tokens', async () => {
  const pcm = await spoken('Please add a task to water the plants on the balcony every second day of the week.')
  const call = new AbortController()
  const asked = moonshine.recognize(pcm, call.signal)
  setImmediate(() => call.abort(new Error('hung up')))
  await expect(asked).rejects.toThrow('hung up')
  await expect(moonshine.recognize(pcm, call.signal)).rejects.toThrow('hung up')
})

test('a folder without the model, and a damaged one, are refused', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'ears-'))
  onTestFinished(() => rm(copy, { recursive: true }))
  await expect(openMoonshine(copy)).rejects.toThrow()
  await cp(folder, copy, { recursive: true })
  const whole = await readFile(join(copy, DECODER_FILE))
  await writeFile(join(copy, DECODER_FILE), whole.subarray(0, whole.length / 2))
  await expect(openMoonshine(copy)).rejects.toThrow()
})
