import { type Entry, remember } from './history.ts'
import { languageIn } from './turn/languages.ts'
import { step } from './turn/step.ts'
import type { Rules, Turn, TurnEvent } from './turn/turn.ts'

/** A conversation as a value: the turn, and the history. */
export interface ConversationState {
  readonly turn: Turn
  readonly history: readonly Entry[]
}

/**
 * The state after one event. Live calls, tests, recovery after a crash and replays all use it. The rules have the language
 * in which the call began; each turn is judged by the one that is spoken in it.
 */
export function advance(state: ConversationState, event: TurnEvent, rules: Rules): ConversationState {
  const language = languageIn(state.turn.context, rules.language)
  const turn = step(state.turn, event, { ...rules, language })
  return { turn, history: remember(state.history, event, state.turn, turn, language) }
}
