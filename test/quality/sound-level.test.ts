import { describe, expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { SoundLevel } from '../../src/quality/sound-level.ts'
import { seeded } from '../../src/sandbox/chance.ts'

/** 20 ms of a tone of this peak, at 8 kHz. */
const tone = (peak: number): Int16Array =>
  Int16Array.from({ length: 160 }, (_, i) => peak * Math.sin((i * Math.PI) / 8))
const silence = new Int16Array(160)
function figuresOf(frames: readonly Int16Array[]) {
  const level = new SoundLevel()
  for (const frame of frames) level.take(frame)
  return level.figures()
}
const times = (count: number, frame: Int16Array): readonly Int16Array[] => Array.from({ length: count }, () => frame)

describe('the level', () => {
  test.each([
    [32_767, -3],
    [16_384, -9],
    [3_277, -23],
    [104, -53],
  ])('of a tone of %d is %d dB', (peak, db) => expect(figuresOf(times(50, tone(peak))).levelDb).toBeCloseTo(db, 1))

  test.each([silence, tone(20)])('is that of the speech alone, not of the pauses', pause => {
    const speech = figuresOf(times(100, tone(3_277)))
    expect(figuresOf([...times(900, pause), ...times(100, tone(3_277))]).levelDb).toBeCloseTo(speech.levelDb ?? 0, 3)
  })

  test('of a quiet caller on a noisy line is still that of the caller', () => {
    const draw = seeded(3)
    const noise = (): Int16Array => Int16Array.from({ length: 160 }, () => (draw() - 0.5) * 60)
    const frames = Array.from({ length: 1_000 }, (_, i) => (i % 3 === 0 ? tone(900) : noise()))
    expect(figuresOf(frames).levelDb).toBeCloseTo(20 * Math.log10(900 / 32_768) - 3, 0)
  })

  test('is unknown where there was no sound', () => {
    expect(figuresOf([])).toEqual({ levelDb: null, clippedPercent: null })
    expect(figuresOf([silence, new Int16Array(0)])).toEqual({ levelDb: null, clippedPercent: null })
  })
})

describe('clipping', () => {
  test('is what is as loud as the line can carry, of the speech', () => {
    const half = Int16Array.from({ length: 160 }, (_, i) => (i % 2 === 0 ? 32_767 : 1_000))
    expect(figuresOf([...times(50, half), ...times(500, silence)]).clippedPercent).toBeCloseTo(50, 9)
    expect(
      figuresOf(
        times(
          10,
          Int16Array.from({ length: 160 }, () => -32_768),
        ),
      ).clippedPercent,
    ).toBe(100)
    expect(figuresOf(times(10, tone(30_000))).clippedPercent).toBe(0)
  })

  test('is seen through mu-law: its loudest code counts, the next one does not', () => {
    const [full, next] = [32_124, 31_100].map(peak => decodeMulaw(encodeMulaw(new Int16Array(160).fill(peak))))
    expect(figuresOf([full ?? silence]).clippedPercent).toBe(100)
    expect(figuresOf([next ?? silence]).clippedPercent).toBe(0)
  })
})
