import { expect, test } from 'vitest'
import { openMoonshine } from '../../../src/providers/local/moonshine.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { earsModel } from '../../models/ears-model.ts'

const RATE_HZ = 16_000
const LONGEST_S = 16

/** Noise is no words, so the encoder has nearly all the work: it is what takes memory by the length of the sound. */
async function rssAfter(utterances: number, recognize: (pcm: Int16Array) => Promise<string>, random: () => number) {
  for (let i = 0; i < utterances; i++) {
    const samples = Math.round(RATE_HZ * (0.5 + random() ** 2 * (LONGEST_S - 0.5)))
    await recognize(Int16Array.from({ length: samples }, () => 2_000 * (random() - 0.5)))
  }
  return process.memoryUsage.rss() / 1e6
}

test('the memory of the ears stays what the longest utterance took', async () => {
  const moonshine = await openMoonshine(await earsModel())
  const random = seeded(3)
  await moonshine.recognize(new Int16Array(RATE_HZ * LONGEST_S).map(() => 2_000 * (random() - 0.5)))
  const first = await rssAfter(60, moonshine.recognize, random)
  const then = await rssAfter(180, moonshine.recognize, random)
  await moonshine.close()
  // Every length is new to it: one that kept something of each would have grown by hundreds.
  expect(then - first).toBeLessThan(60)
})
