import type { Phrase } from './turn.ts'

/** Who is speaking: what the model is told to be, and the agent's own words where no model is asked. */
export interface Agent {
  readonly name: string
  readonly instructions: string
  readonly phrases: Readonly<Record<Phrase, string>>
}
