import { type Entry, remember } from './history.ts'
import { type KeptSummary, summariesAfter } from './summary/summary.ts'
import { languageIn } from './turn/languages.ts'
import { step } from './turn/step.ts'
import type { Rules, Turn, TurnEvent } from './turn/turn.ts'

/** A conversation as a value: the turn, the history, and what the model is told of it instead of its older part. */
export interface ConversationState {
  readonly turn: Turn
  readonly history: readonly Entry[]
  /** The last ones, where there are any. */
  readonly summaries?: readonly KeptSummary[]
}

/**
 * The state after one event. Live calls, tests, recovery after a crash and replays all use it. The rules have the language
 * in which the call began; each turn is judged by the one that is spoken in it.
 */
export function advance(state: ConversationState, event: TurnEvent, rules: Rules): ConversationState {
  const language = languageIn(state.turn.context, rules.language)
  const turn = step(state.turn, event, { ...rules, language })
  const history = remember(state.history, event, state.turn, turn, language)
  const summaries = summariesAfter(state.summaries, event, state.turn.context.ids)
  return { turn, history, ...(summaries && { summaries }) }
}

/** The state in which a stream of a call begins: with this turn, after what was said before. */
export function begun(turn: Turn, before?: Omit<ConversationState, 'turn'>): ConversationState {
  const { history = [], summaries } = before ?? {}
  return { turn, history, ...(summaries && { summaries }) }
}
