import type { Turn, TurnContext, TurnEvent } from './turn.ts'

/** The agent that has the call now, which another one gave to it, and where in the conversation that was. */
export interface HandedOff {
  readonly agent: string
  /** The reply and its part whose tool did it. */
  readonly reply: number
  readonly part: number
  /** What this agent's model is told of what was said before: all of it, or the caller's turn that led to it alone. */
  readonly history: 'whole' | 'none'
}

/** The name of the agent that has the call, which began with `first`. */
export const agentIn = ({ handedOff }: TurnContext, first: string): string => handedOff?.agent ?? first

/**
 * A tool, or a guard, has given the call to another agent. The same reply goes on as that one; where the caller spoke
 * meanwhile, the next one.
 */
export const handedOff = (
  turn: Exclude<Turn, { kind: 'ended' }>,
  { reply, part, agent, history }: Extract<TurnEvent, { kind: 'hand-off' }>,
): Turn => ({ ...turn, context: { ...turn.context, handedOff: { agent, reply, part, history } } })
