import type { Agent } from './agent.ts'
import type { SpeechToText, TextToSpeech } from './ports.ts'

/** What of a call is another one in each language, and with each agent. */
export interface Spoken {
  readonly agent: Agent
  readonly speechToText: SpeechToText
  readonly voice: TextToSpeech
}

/** That of an agent's name and a language's code; undefined where this agent does not speak it on this line. */
export type SpokenAs = (agent: string, code: string) => Spoken | undefined

/** Opens it once for each agent in each language; undefined where there is one alone, whose call has it already. */
export async function spokenBy(
  agents: readonly Agent[],
  open: (agent: Agent) => Promise<Omit<Spoken, 'agent'>>,
): Promise<SpokenAs | undefined> {
  if (agents.length < 2) return undefined
  const opened = await Promise.all(agents.map(async agent => ({ agent, ...(await open(agent)) })))
  const all = new Map(opened.map(spoken => [keyOf(spoken.agent.name, spoken.agent.language.code), spoken]))
  return (agent, code) => all.get(keyOf(agent, code))
}

const keyOf = (agent: string, code: string): string => JSON.stringify([agent, code])
