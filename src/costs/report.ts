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

/** What was paid for and reached nobody's ear, in USD. It is part of the call's cost, and not besides it. */
export interface Waste {
  /** Answers that were thought up while the caller might go on, and thrown away. */
  readonly draftsUsd: number
  /** Speech that was made and not heard: it was interrupted, or the caller hung up. */
  readonly unheardUsd: number
}
