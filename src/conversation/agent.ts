import type { Language } from './language.ts'
import type { Phrase } from './turn/turn.ts'

/** The agent of a call: the model's instructions, and the words that are said without asking a model. */
export interface Agent {
  readonly name: string
  readonly instructions: string
  /** The language that the caller and the agent speak. */
  readonly language: Language
  readonly phrases: Readonly<Record<Phrase, string>>
  /** For a caller who hides their number, whose data no later call can find, and for one in a browser. */
  readonly otherGreetings: Readonly<Record<'hiddenNumber' | 'browser', string>>
  /** For a caller whose number has a PIN: the question, and what is said after a wrong try, after the last one, and while none is allowed. */
  readonly pin: { readonly ask: string; readonly wrong: string; readonly refused: string; readonly locked: string }
  /** Said while the model is slow. */
  readonly thinking: string
  /** Said in this order while a tool runs, after the tool's own filler if it has one. */
  readonly patience: readonly [string, string, string, string]
}

/** All texts that the agent says without asking a model. Their sound is cached. */
export const ownWords = ({ phrases, otherGreetings, pin, thinking, patience }: Agent): readonly string[] => [
  ...Object.values(phrases),
  ...Object.values(otherGreetings),
  ...Object.values(pin),
  thinking,
  ...patience,
]

/** The same agent with the greeting for a hidden number or a browser. */
export const greetingAs = (agent: Agent, caller: keyof Agent['otherGreetings']): Agent => ({
  ...agent,
  phrases: { ...agent.phrases, greeting: agent.otherGreetings[caller] },
})
