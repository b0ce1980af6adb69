import { expect, test } from 'vitest'
import { encodeMulaw } from '../../../src/audio/mulaw.ts'
import { cough } from '../../../src/sandbox/caller/cough.ts'
import { throughTheLine } from '../../../src/sandbox/caller/line-sound.ts'
import { click, door } from '../../../src/sandbox/caller/noises.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { voicedRange } from '../../../src/sandbox/ringing/voiced-spans.ts'

test.each([
  { noise: cough, ms: 330 },
  { noise: door, ms: 350 },
  { noise: click, ms: 90 },
])(
  '$noise.name has its documented length, is loud enough to be heard, and is the same for the same seed',
  ({ noise, ms }) => {
    const pcm = noise(seeded(3))
    expect(pcm).toHaveLength(ms * 8)
    expect(noise(seeded(3))).toEqual(pcm)
    const { startMs, endMs } = voicedRange(encodeMulaw(throughTheLine(pcm, seeded(4))))
    expect(startMs).toBeLessThan(20)
    expect(endMs).toBeGreaterThan(ms / 2)
  },
)
