import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NoWav, PEAK_MS, type SoundPeaks, soundPeaks } from '../../src/audio/peaks.ts'
import { encodeWav } from '../../src/audio/wav.ts'

const RATE = 8_000
/** The caller is loud in the first half, the agent in the second. */
const pcm = Int16Array.from({ length: RATE * 2 }, (_, at) => ((at % 2 === 0) === at < RATE ? -8_192 : 0))
const wav = encodeWav({ pcm, rateHz: RATE, channels: 2 })

async function* inPieces(file: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length] ?? file.length
    yield file.subarray(at, at + size)
    at += size
  }
}
const peaksOf = (file: Uint8Array, sizes: readonly number[] = [file.length]): Promise<SoundPeaks> =>
  soundPeaks(inPieces(file, sizes), file.length)

test('peaks are of each side, ten milliseconds each, as the square root of their share', async () => {
  const { lengthMs, left, right } = await peaksOf(wav)
  expect([lengthMs, left.length, right.length]).toEqual([1_000, 1_000 / PEAK_MS, 1_000 / PEAK_MS])
  const quarter = Math.round(255 / 2)
  expect([left[10], left[90], right[10], right[90]]).toEqual([quarter, 0, 0, quarter])
})

test('pieces of whatever size give the same peaks', async () => {
  const whole = await peaksOf(wav)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }), async sizes => {
      expect(await peaksOf(wav, sizes)).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

test('each peak is the loudest sample of its own stretch, whatever the rate', async () => {
  for (const rateHz of [8_000, 11_025, 24_000]) {
    // Of this stretch alone.
    const [peak, frames] = [3, Math.ceil((rateHz * PEAK_MS * 5) / 1_000)]
    const firstOf = (one: number): number => Math.ceil((one * rateHz * PEAK_MS) / 1_000)
    for (const frame of [firstOf(peak), firstOf(peak + 1) - 1]) {
      const clicks = new Int16Array(frames)
      clicks[frame] = -32_768
      const { left, right } = await peaksOf(encodeWav({ pcm: clicks, rateHz, channels: 1 }))
      expect([rateHz, frame, left.indexOf(255), left.lastIndexOf(255)]).toEqual([rateHz, frame, peak, peak])
      expect(right).toEqual(left)
    }
  }
})

test('a header that tells less than the file has, as a killed server leaves it, hides nothing', async () => {
  const killed = wav.slice()
  new DataView(killed.buffer).setUint32(40, 0, true)
  expect(await peaksOf(killed, [1_000])).toEqual(await peaksOf(wav))
})

test('a header without sound has no peaks, and what is no recording of ours is refused', async () => {
  expect(await peaksOf(wav.subarray(0, 44))).toMatchObject({ lengthMs: 0, left: new Uint8Array() })
  await expect(peaksOf(new Uint8Array(100))).rejects.toThrow(NoWav)
  await expect(peaksOf(wav.subarray(0, 20))).rejects.toThrow(NoWav)
})
