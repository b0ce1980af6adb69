import type { Agent } from './agent.ts'
import type { SpeechToText, TextToSpeech } from './ports.ts'

/** What of a call is another one in each language. */
export interface Spoken {
  readonly agent: Agent
  readonly speechToText: SpeechToText
  readonly voice: TextToSpeech
}

/** That of a language by its code; undefined for one that the line does not speak. */
export type InLanguage = (code: string) => Spoken | undefined

/** Opens it once for each agent; undefined where there is one alone, whose call has it already. */
export async function spokenBy(
  agents: readonly Agent[],
  open: (language: string) => Promise<Omit<Spoken, 'agent'>>,
): Promise<InLanguage | undefined> {
  if (agents.length < 2) return undefined
  const opened = await Promise.all(
    agents.map(async agent => [agent.language.code, { agent, ...(await open(agent.language.code)) }] as const),
  )
  const all = new Map(opened)
  return code => all.get(code)
}
