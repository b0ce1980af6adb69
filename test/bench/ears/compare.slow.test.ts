import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { type Ears, openEars } from '../../../src/providers/local/ears.ts'
import type { Silero } from '../../../src/providers/silero.ts'
import { earsModel } from '../../models/ears-model.ts'
import { type HeardSet, heardSet, openQuickSilero } from './heard-set.ts'
import { humanSet, neuralSet, noisy, type SpokenSet } from './spoken-sets.ts'

/**
 * The very model that people get hears the very recordings of `npm run compare:ears`: both come by their SHA-256. Kernels of
 * other processors round otherwise, so the bounds leave room for some words.
 */
const signal = new AbortController().signal
let ears: Ears
let silero: Silero

beforeAll(async () => {
  ears = openEars({ modelFolder: await earsModel(signal), clock: systemClock, log: { warn: () => undefined } })
  silero = await openQuickSilero()
})
afterAll(() => Promise.all([ears.close(), silero.close()]))

const hear = (set: SpokenSet): Promise<HeardSet> => heardSet(set, ears, silero.voiceActivity, signal)

test('a person who reads by telephone is understood: at most 15 % of the words are wrong', async () => {
  const heard = await hear(await humanSet(signal))
  expect(heard.errors.words).toBe(70)
  expect(heard.rate, JSON.stringify(heard.sentences)).toBeLessThanOrEqual(0.15)
})

test('orders by a neural voice are understood: at most 15 % of the words are wrong', async () => {
  const heard = await hear(await neuralSet(signal))
  expect(heard.errors.words).toBe(201)
  expect(heard.rate, JSON.stringify(heard.sentences)).toBeLessThanOrEqual(0.15)
  // A minute of speech is made for it, on however slow a machine.
}, 600_000)

test('a street behind the reader costs some words, and not the sense: at most 25 % are wrong at 20 dB', async () => {
  const heard = await hear(await noisy(await humanSet(signal), { noise: 'street', snrDb: 20 }))
  expect(heard.rate, JSON.stringify(heard.sentences)).toBeLessThanOrEqual(0.25)
})
