import { mix } from '../features.ts'

/** Seeded choices for the training: the same seed makes the same model. */
export interface Chance {
  /** In [0, 1). */
  draw(): number
  pick<T>(from: readonly [T, ...T[]]): T
  shuffle(values: Uint32Array): void
}

export function chanceFrom(seed: number): Chance {
  let turn = 0
  const draw = (): number => mix(mix(0x9e3779b9, seed), ++turn) / 2 ** 32
  return {
    draw,
    pick: from => from[Math.floor(draw() * from.length)] ?? from[0],
    shuffle(values) {
      for (let index = values.length - 1; index > 0; index--) {
        const other = Math.floor(draw() * (index + 1))
        const swapped = values[index] ?? 0
        values[index] = values[other] ?? 0
        values[other] = swapped
      }
    },
  }
}
