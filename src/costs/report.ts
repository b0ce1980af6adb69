/** What one thing cost: `usd` is `amount` times the price of one `unit`. */
export interface CostPart {
  /** For people: "language model, input". */
  readonly what: string
  readonly vendor: string
  readonly amount: number
  readonly unit: string
  readonly usd: number
}

/** What a call cost at the list prices of one day. */
export interface CostReport {
  readonly usd: number
  readonly parts: readonly CostPart[]
  /** The day on which the prices were looked up: YYYY-MM-DD. */
  readonly pricesOf: string
}
