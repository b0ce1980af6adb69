import { type Entry, remember } from './history.ts'
import { step } from './turn/step.ts'
import type { Rules, Turn, TurnEvent } from './turn/turn.ts'

/** A conversation as a value: whose turn it is, and what has been said. */
export interface ConversationState {
  readonly turn: Turn
  readonly history: readonly Entry[]
}

/** Takes in one event. Live calls, tests, recovery after a crash and replay all go through here. */
export function advance(state: ConversationState, event: TurnEvent, rules: Rules): ConversationState {
  const turn = step(state.turn, event, rules)
  return { turn, history: remember(state.history, event, state.turn, turn, rules.language) }
}
