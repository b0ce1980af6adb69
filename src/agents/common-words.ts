import type { Agent } from '../conversation/agent.ts'

/** What every agent says in the same words. */
export type CommonWords = Pick<Agent, 'language' | 'pin' | 'thinking' | 'patience'> & {
  readonly phrases: Omit<Agent['phrases'], 'greeting' | 'give-up' | 'budget-spent'>
}
