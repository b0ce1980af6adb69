import type { Language } from './language.ts'
import type { Phrase } from './turn/turn.ts'

/** Who is speaking: what the model is told to be, and the agent's own words where no model is asked. */
export interface Agent {
  readonly name: string
  readonly instructions: string
  /** What the caller and the agent speak. */
  readonly language: Language
  readonly phrases: Readonly<Record<Phrase, string>>
  /** The greeting of a caller who hides his number, of whom nothing can be found again, and of somebody in a browser. */
  readonly otherGreetings: Readonly<Record<'hiddenNumber' | 'browser', string>>
  /** Said to a caller whose number has a PIN: the question, after a wrong try, and after the last one. */
  readonly pin: { readonly ask: string; readonly wrong: string; readonly refused: string }
  /** Said while the model is slow. */
  readonly thinking: string
  /** Said while a tool runs: first the tool's own filler, then these, one after the other. */
  readonly patience: readonly [string, string, string, string]
}

/** All that an agent may say without asking a model, so that its sound can be kept. */
export const ownWords = ({ phrases, otherGreetings, pin, thinking, patience }: Agent): readonly string[] => [
  ...Object.values(phrases),
  ...Object.values(otherGreetings),
  ...Object.values(pin),
  thinking,
  ...patience,
]

/** The same agent with another greeting than that of a caller who tells his number. */
export const greetingAs = (agent: Agent, whom: keyof Agent['otherGreetings']): Agent => ({
  ...agent,
  phrases: { ...agent.phrases, greeting: agent.otherGreetings[whom] },
})
