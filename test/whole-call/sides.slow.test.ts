import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeMulaw } from '../../src/audio/mulaw.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCalls } from './whole-calls.ts'

const MOST_APART_MS = 20
const REACH_MS = 200
const SAMPLES_PER_MS = 8
/** Windows without sound tell nothing. */
const WINDOW_MS = 1_000
const LEAST_ENERGY = 200

let all: WholeCalls
beforeAll(async () => {
  all = await openWholeCalls()
})
afterAll(() => all.close())

/** By how many ms `ours` must be moved to lie on `theirs`, window by window; quiet windows are left out. */
function offsetsMs(ours: Int16Array, theirs: Int16Array): readonly number[] {
  const offsets: number[] = []
  for (let from = 0; from + WINDOW_MS + REACH_MS < theirs.length / SAMPLES_PER_MS; from += WINDOW_MS) {
    const at = from * SAMPLES_PER_MS
    const window = theirs.subarray(at, at + WINDOW_MS * SAMPLES_PER_MS)
    const energy = Math.sqrt(window.reduce((sum, sample) => sum + sample ** 2, 0) / window.length)
    if (energy < LEAST_ENERGY) continue
    let best = { likeness: Number.NEGATIVE_INFINITY, ms: 0 }
    // By samples: a sound that lies between two whole ms is more like itself a period of the voice away.
    for (let by = -REACH_MS * SAMPLES_PER_MS; by <= REACH_MS * SAMPLES_PER_MS; by++) {
      const shifted = at + by
      let likeness = 0
      let own = 0
      for (let i = 0; i < window.length; i += 3) {
        const sample = ours[shifted + i] ?? 0
        likeness += sample * (window[i] ?? 0)
        own += sample ** 2
      }
      likeness /= Math.sqrt(own) || 1
      if (likeness > best.likeness) best = { likeness, ms: by / SAMPLES_PER_MS }
    }
    offsets.push(best.ms)
  }
  return offsets
}

test.each([
  ['plain', 1, undefined],
  ['talks-over', 2, undefined],
  ['thinks-aloud', 3, undefined],
  ['tasks', 4, undefined],
  // The network holds messages up, for up to a fifth of a second.
  ['talks-over', 5, { holdMs: 200 }],
] as const)(
  'both sides of "%s" (%i) are recorded within 20 ms of the carrier’s own recording',
  async (name, seed, jitter) => {
    const { record, folder } = await all.passing(all.ring(await loadNamedFixture(name), { seed, jitter }))
    const { pcm } = decodeWav(await readFile(`${folder}/call-1.wav`))
    const side = (which: 0 | 1): Int16Array => pcm.filter((_, i) => i % 2 === which)
    const caller = offsetsMs(side(0), decodeMulaw(record.legs.caller))
    const agent = offsetsMs(side(1), decodeMulaw(record.legs.agent))
    expect(caller.length).toBeGreaterThan(0)
    expect(agent.length).toBeGreaterThan(3)
    // The whole recording may begin a moment before or after the carrier's.
    const begins = caller.toSorted((a, b) => a - b)[Math.floor(caller.length / 2)] ?? 0
    for (const offset of [...caller, ...agent]) expect(Math.abs(offset - begins)).toBeLessThanOrEqual(MOST_APART_MS)
  },
)
