/** Seeded choices: the same seed makes the same ones. Each part of a call has a branch of its own, so that none moves another's. */
export interface Chance {
  /** In [0, 1). */
  draw(): number
  happens(probability: number): boolean
  /** In eighths of a unit, so that sums of times are exact. */
  between(low: number, high: number): number
  /** A whole number, both ends included. */
  whole(low: number, high: number): number
  /** Mostly near the median, sometimes some times it, never above `most`. */
  tailed(median: number, most: number): number
  pick<const T>(from: readonly [T, ...T[]]): T
  /** One of the keys, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Partial<Record<Name, number>>>, otherwise: Name): Name
  branch(name: string): Chance
}

/** Mixes a word into a hash of 32 bits (the finaliser of MurmurHash3). */
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
