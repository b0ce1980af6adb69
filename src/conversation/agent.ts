import type { Delivers, Delivery } from './delivery.ts'
import type { Guard } from './guard.ts'
import type { Language } from './language.ts'
import type { Phrase } from './turn/turn.ts'

/** The agent of a call: the model's instructions, and the words that are said without asking a model. */
export interface Agent {
  readonly name: string
  readonly instructions: string
  /** Its own voice, by its name at the first provider. Default: that of the settings. */
  readonly voice?: string
  /** How that voice speaks, if not as usual. */
  readonly delivery?: Delivery
  /** The model may say in which manner a sentence is to be said: see `reply/manner-marks.ts`. */
  readonly expressive?: boolean
  /** The ears tell it who of several people on the line has said what, where they can. */
  readonly tellsSpeakers?: boolean
  /** The language that the caller and the agent speak. */
  readonly language: Language
  readonly phrases: Readonly<Record<Phrase, string>>
  /** Said instead to a caller who hides their number, whose data no later call can find, and to one in a browser. */
  readonly phrasesFor: Readonly<Record<'hidden-number' | 'browser', Partial<Record<Phrase, string>>>>
  /** For a caller whose number has a PIN: the question, and what is said after a wrong try, after the last one, and while none is allowed. */
  readonly pin: { readonly ask: string; readonly wrong: string; readonly refused: string; readonly locked: string }
  /** Its model reads its instructions while the greeting is heard. */
  readonly warm?: boolean
  /** Said at once when another agent gives the call to this one. */
  readonly entering?: string
  /** Looks at what is said before it goes on. */
  readonly guard?: Guard
  /** Said while the model is slow. */
  readonly thinking: string
  /** Said in this order while a tool runs, after the tool's own filler if it has one. */
  readonly patience: readonly [string, string, string, string]
}

/** All texts that the agent says without asking a model. Their sound is cached. `isAlone`: the line speaks no other language. */
export const ownWords = (
  { phrases: { switched, ...phrases }, phrasesFor, pin, entering, thinking, patience }: Agent,
  isAlone = true,
): readonly string[] => [
  ...Object.values(phrases),
  ...(isAlone ? [] : [switched]),
  ...Object.values(phrasesFor).flatMap(some => Object.values(some)),
  ...Object.values(pin),
  ...(entering === undefined ? [] : [entering]),
  thinking,
  ...patience,
]

/** Who is on the line: of `rung` nothing is said that is for callers alone. */
type Who = 'number' | 'rung' | keyof Agent['phrasesFor']

/**
 * The same agents with their phrases for this caller. The first is in `language`, if it speaks that. A model is told of manners
 * only where its agent's voice has them.
 */
export function agentsFor(
  agents: readonly [Agent, ...Agent[]],
  caller: Who,
  deliversOf: (agent: Agent) => readonly Delivers[],
  language?: string,
): readonly [Agent, ...Agent[]] {
  const [usual] = agents
  const first = agents.find(one => one.name === usual.name && one.language.code === language) ?? usual
  const said = (agent: Agent): Agent => {
    const { expressive, ...all } = agentFor(agent, caller)
    return expressive && deliversOf(agent).includes('manner') ? { ...all, expressive } : all
  }
  return [said(first), ...agents.filter(one => one !== first).map(said)]
}

/** The same agent with its phrases for this caller. */
export const agentFor = (agent: Agent, caller: Who): Agent =>
  caller === 'number' || caller === 'rung'
    ? agent
    : { ...agent, phrases: { ...agent.phrases, ...agent.phrasesFor[caller] } }
