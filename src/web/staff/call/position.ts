/** The moment of the call that one is at, in ms. It changes with every frame, so no state of React's holds it. */
export class Position {
  #ms = 0
  readonly #listeners = new Set<(ms: number) => void>()

  get ms(): number {
    return this.#ms
  }

  set(ms: number): void {
    if (ms === this.#ms) return
    this.#ms = ms
    for (const listener of this.#listeners) listener(ms)
  }

  /** Calls the listener now and with every change. Returns how to stop that. */
  follow(listener: (ms: number) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#ms)
    return () => this.#listeners.delete(listener)
  }
}

/** Players keep whole microseconds: sent to 1.2345678 s, they are at 1.234567 s. */
const ROUNDED_MS = 0.01

/** The last place in rising moments that is not after this one of a player; 0 before the first. */
export function lastUntil(rising: readonly { readonly fromMs: number }[], ms: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rising[middle]?.fromMs ?? 0) <= ms + ROUNDED_MS) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
