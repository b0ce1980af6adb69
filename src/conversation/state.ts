import { type Entry, remember } from './history.ts'
import { step } from './turn/step.ts'
import type { Policy, Turn, TurnEvent } from './turn/turn.ts'

/** A conversation as a value: whose turn it is, and what has been said. */
export interface Talk {
  readonly turn: Turn
  readonly history: readonly Entry[]
}

/** Takes in one event. Live calls, tests, recovery after a crash and replay all go through here. */
export function advance(talk: Talk, event: TurnEvent, policy: Policy): Talk {
  const turn = step(talk.turn, event, policy)
  return { turn, history: remember(talk.history, event, talk.turn, turn) }
}
