import type { CostReport, Waste } from '../costs/report.ts'

export type By = 'day' | 'agent' | 'channel' | 'provider' | 'caller'
export const BYS: readonly By[] = ['day', 'agent', 'channel', 'provider', 'caller']

/** Who is usually paid, in the order of the columns. `not known`: of a call whose journal is no longer there. */
const VENDORS: readonly string[] = ['Twilio', 'LiveKit', 'Deepgram', 'OpenAI', 'Cartesia', 'Gemini', 'not known']

/** The columns: these, and whoever else was paid. */
export const vendorsOf = ({ byVendor }: Pick<Sum, 'byVendor'>): readonly string[] => [
  ...VENDORS,
  ...[...byVendor.keys()].filter(vendor => !VENDORS.includes(vendor) && (byVendor.get(vendor) ?? 0) > 0).toSorted(),
]

/** One call, as it is added up. */
export interface PricedCall {
  /** YYYY-MM-DD, in the callers' time zone. */
  readonly day: string
  readonly agent: string
  readonly channel: string
  /** A keyed hash; null where the number is withheld or there is none. */
  readonly caller: string | null
  readonly minutes: number
  readonly cost: CostReport
  readonly waste: Waste
  /** At the list prices, where others are asked for; else the same. */
  readonly listedUsd: number
}

/** What several calls cost together, in USD. Of a provider, the calls that used it. */
export interface Sum {
  readonly key: string
  calls: number
  minutes: number
  usd: number
  listedUsd: number
  draftsUsd: number
  unheardUsd: number
  readonly byVendor: Map<string, number>
  /** By what it was for: "voice (Cartesia)". */
  readonly byPart: Map<string, number>
}

const newSum = (key: string): Sum => ({
  ...{ key, calls: 0, minutes: 0, usd: 0, listedUsd: 0, draftsUsd: 0, unheardUsd: 0 },
  ...{ byVendor: new Map(), byPart: new Map() },
})

/** Letters of a caller's hash that are shown: enough to tell callers apart. */
const HASH_LETTERS = 12

/** Adds up calls, one by one. Memory grows with the rows, not with the calls. */
export class Sums {
  readonly all = newSum('all')
  readonly #by: By
  readonly #rows = new Map<string, Sum>()

  constructor(by: By) {
    this.#by = by
  }

  add(call: PricedCall): void {
    addTo(this.all, call, call.cost.parts)
    if (this.#by === 'provider') {
      // What of a call was wasted was not one provider's alone.
      const waste = { draftsUsd: 0, unheardUsd: 0 }
      for (const [vendor, parts] of Map.groupBy(call.cost.parts, part => part.vendor)) {
        const usd = parts.reduce((sum, part) => sum + part.usd, 0)
        addTo(this.#row(vendor), { ...call, waste, listedUsd: usd, cost: { ...call.cost, usd } }, parts)
      }
    } else addTo(this.#row(this.#keyOf(call, this.#by)), call, call.cost.parts)
  }

  /** Days in their order, all else with the most expensive first. */
  rows(): readonly Sum[] {
    const rows = [...this.#rows.values()]
    return this.#by === 'day'
      ? rows.toSorted((one, other) => (one.key < other.key ? -1 : 1))
      : rows.toSorted((one, other) => other.usd - one.usd)
  }

  #row(key: string): Sum {
    const known = this.#rows.get(key) ?? newSum(key)
    this.#rows.set(key, known)
    return known
  }

  #keyOf(call: PricedCall, by: Exclude<By, 'provider'>): string {
    switch (by) {
      case 'day':
        return call.day
      case 'agent':
        return call.agent
      case 'channel':
        return call.channel
      case 'caller':
        return call.caller?.slice(0, HASH_LETTERS) ?? 'no number'
    }
  }
}

function addTo(sum: Sum, call: PricedCall, parts: CostReport['parts']): void {
  sum.calls++
  sum.minutes += call.minutes
  sum.usd += call.cost.usd
  sum.listedUsd += call.listedUsd
  sum.draftsUsd += call.waste.draftsUsd
  sum.unheardUsd += call.waste.unheardUsd
  for (const { what, vendor, usd } of parts) {
    sum.byVendor.set(vendor, (sum.byVendor.get(vendor) ?? 0) + usd)
    const part = `${what} (${vendor})`
    sum.byPart.set(part, (sum.byPart.get(part) ?? 0) + usd)
  }
}
