import { LINE_RATE_HZ } from './fixture.ts'

/** One short cough at 8 kHz: two decaying bursts of breath noise, 330 ms in total. */
export function cough(random: () => number): Int16Array {
  const burst = (ms: number, level: number): number[] => {
    let breath = 0
    return Array.from({ length: (ms * LINE_RATE_HZ) / 1000 }, (_, i) => {
      breath = 0.6 * breath + (random() * 2 - 1)
      return level * breath * Math.exp((-4 * i * 1000) / (ms * LINE_RATE_HZ))
    })
  }
  const rest = Array.from({ length: (40 * LINE_RATE_HZ) / 1000 }, () => 0)
  return Int16Array.from([...burst(130, 9000), ...rest, ...burst(160, 6000)], Math.round)
}
