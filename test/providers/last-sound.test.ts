import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { LastSound } from '../../src/providers/last-sound.ts'
import { FIXTURES_DIR } from '../../src/sandbox/caller/fixture.ts'

const RATE_HZ = 8_000
const folder = join(FIXTURES_DIR, 'talks-over')
const utterances = readdirSync(folder).filter(file => file.endsWith('.wav'))

/** Where the last loud sound of an utterance ends, heard in pieces of so many samples. */
function endOf(pcm: Int16Array, samples: number): number {
  const sound = new LastSound()
  for (let at = 0; at < pcm.length; at += samples) sound.hear(pcm.subarray(at, at + samples), (at / RATE_HZ) * 1_000)
  return sound.before(Number.MAX_VALUE)
}

test.each([256, 93, 40, 1_600])('sound ends where it does, also when it comes in pieces of %i samples', samples => {
  expect(utterances.length).toBeGreaterThan(2)
  for (const file of utterances) {
    const { pcm } = decodeWav(readFileSync(join(folder, file)))
    expect(endOf(pcm, samples)).toBeCloseTo(endOf(pcm, 160), 6)
  }
})

test('a piece that is late is dated by itself', () => {
  const sound = new LastSound()
  sound.hear(new Int16Array(120).fill(9_000), 0)
  sound.hear(new Int16Array(40).fill(9_000), 500)
  expect(sound.before(1_000)).toBe(505)
})
