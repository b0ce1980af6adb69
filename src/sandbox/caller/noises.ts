import { LINE_RATE_HZ } from './fixture.ts'

const samplesIn = (ms: number): number => (ms * LINE_RATE_HZ) / 1_000

/** A decaying burst of noise; `softness` from 0 (hiss) to just below 1 (rumble). */
function burst(ms: number, level: number, softness: number, random: () => number): number[] {
  let sound = 0
  const length = samplesIn(ms)
  return Array.from({ length }, (_, i) => {
    sound = softness * sound + (1 - softness) * (random() * 2 - 1)
    return level * sound * Math.exp((-4 * i) / length)
  })
}

const rest = (ms: number): number[] => Array.from({ length: samplesIn(ms) }, () => 0)

/** A door that closes, at 8 kHz: a long thump, then the latch; 350 ms in total. */
export function door(random: () => number): Int16Array {
  const thump = burst(230, 60_000, 0.92, random)
  return Int16Array.from([...thump, ...rest(70), ...burst(50, 12_000, 0.3, random)], clipped)
}

/** A telephone that is put down or picked up, at 8 kHz: two clicks, 90 ms in total. */
export function click(random: () => number): Int16Array {
  return Int16Array.from([...burst(20, 15_000, 0.2, random), ...rest(40), ...burst(30, 11_000, 0.2, random)], clipped)
}

const clipped = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample)))
