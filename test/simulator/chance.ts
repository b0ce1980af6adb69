/** Seeded random choices. Each part of a call has its own branch, so that no part changes the choices of another. */
export interface Chance {
  /** In [0, 1). */
  draw(): number
  happens(probability: number): boolean
  /** A multiple of 1/8, so that sums of times are exact. */
  between(low: number, high: number): number
  /** An integer, both ends included. */
  whole(low: number, high: number): number
  /** Long-tailed: mostly near the median, sometimes several times as large, never above `most`. */
  tailed(median: number, most: number): number
  pick<const T>(from: readonly [T, ...T[]]): T
  /** One of the keys, with a probability proportional to its weight. */
  weighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>, otherwise: Name): Name
  branch(name: string): Chance
}

/** Mixes a value into a 32-bit hash (the finaliser of MurmurHash3). */
function mixed(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export function chanceOf(seed: number): Chance {
  let state = mixed(0x9e3779b9, seed)
  function draw(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const eighths = (value: number): number => Math.round(value * 8) / 8
  return {
    draw,
    happens: probability => draw() < probability,
    between: (low, high) => eighths(low + draw() * (high - low)),
    whole: (low, high) => low + Math.floor(draw() * (high - low + 1)),
    tailed: (median, most) => eighths(Math.min(most, median * 2 ** (3 * (draw() + draw() + draw()) - 4.5))),
    pick: from => from[Math.floor(draw() * from.length)] ?? from[0],
    weighted(weights, otherwise) {
      let left = draw() * Object.values<number | undefined>(weights).reduce((sum: number, one) => sum + (one ?? 0), 0)
      for (const name in weights) {
        left -= weights[name] ?? 0
        if (left < 0) return name
      }
      return otherwise
    },
    branch: name =>
      chanceOf([...name].reduce((hash, letter) => mixed(hash, letter.charCodeAt(0)), mixed(seed, 0x51ed))),
  }
}
