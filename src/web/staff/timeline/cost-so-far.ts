import { firstAtLeast } from './lane.ts'
import type { Usage } from './lines.ts'

/** What one unit costs in USD, read off the whole call's cost. */
export interface Rates {
  readonly sttSecond: number
  readonly inputToken: number
  readonly cachedToken: number
  readonly outputToken: number
  readonly character: number
  /** Line, stream and room together. */
  readonly minute: number
}

interface CostPart {
  readonly what: string
  readonly amount: number
  readonly unit: string
  readonly usd: number
}

export function ratesOf(parts: readonly CostPart[]): Rates {
  const rate = (fits: (part: CostPart) => boolean): number => {
    const fitting = parts.filter(part => fits(part) && part.amount > 0)
    return fitting.reduce((sum, { usd, amount }) => sum + usd / amount, 0)
  }
  /** Text and sound of a model have prices of their own: of both together it is their mean. */
  const mean = (fits: (part: CostPart) => boolean): number => {
    const fitting = parts.filter(fits)
    const amount = fitting.reduce((sum, part) => sum + part.amount, 0)
    return amount === 0 ? 0 : fitting.reduce((sum, { usd }) => sum + usd, 0) / amount
  }
  const isModel = ({ what, unit }: CostPart): boolean => unit === 'token' && what.startsWith('language model')
  const cached = mean(part => isModel(part) && part.what.includes('cached'))
  const input = mean(part => isModel(part) && part.what.includes('input') && !part.what.includes('cached'))
  return {
    sttSecond: rate(({ unit }) => unit === 'second'),
    inputToken: input,
    cachedToken: cached,
    outputToken: mean(part => isModel(part) && part.what.includes('output')),
    character: rate(({ unit }) => unit === 'character'),
    minute: rate(({ unit }) => unit === 'minute'),
  }
}

/**
 * What the call had cost at a moment. Lines and recognisers are paid by time, and journaled at the end: they grow evenly.
 * An estimate; the whole call's cost is exact.
 */
export class CostSoFar {
  readonly #atMs: number[] = []
  readonly #inputs: number[] = []
  readonly #cached: number[] = []
  readonly #outputs: number[] = []
  readonly #characters: number[] = []

  take(used: Usage, atMs: number): void {
    if (used.kind !== 'tokens' && used.kind !== 'tts-characters') return
    const grow = (sums: number[], more: number): void => void sums.push((sums.at(-1) ?? 0) + more)
    this.#atMs.push(Math.max(this.#atMs.at(-1) ?? 0, atMs))
    grow(this.#inputs, used.kind === 'tokens' ? used.input - used.cached : 0)
    grow(this.#cached, used.kind === 'tokens' ? used.cached : 0)
    grow(this.#outputs, used.kind === 'tokens' ? used.output : 0)
    grow(this.#characters, used.kind === 'tts-characters' ? used.characters : 0)
  }

  /** In USD. */
  at(atMs: number, rates: Rates): number {
    const last = firstAtLeast(this.#atMs, atMs + 0.001) - 1
    const sum = (sums: readonly number[]): number => sums[last] ?? 0
    const seconds = Math.max(0, atMs) / 1_000
    return (
      sum(this.#inputs) * rates.inputToken +
      sum(this.#cached) * rates.cachedToken +
      sum(this.#outputs) * rates.outputToken +
      sum(this.#characters) * rates.character +
      seconds * rates.sttSecond +
      Math.ceil(seconds / 60) * rates.minute
    )
  }
}
