import type { Agent } from '../conversation/agent.ts'

/** What agents say in one language unless their author says it otherwise. */
export type CommonWords = Pick<Agent, 'language' | 'pin' | 'thinking' | 'patience'> & {
  readonly phrases: Omit<Agent['phrases'], 'greeting'>
  /** Instead, to somebody in a browser. */
  readonly browserPhrases: Partial<Omit<Agent['phrases'], 'greeting'>>
}
