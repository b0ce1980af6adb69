import type { Agent } from '../agent.ts'
import type { CallJournal } from '../lines.ts'
import type { ConversationState } from '../state.ts'
import type { Turn, UntimedEvent } from '../turn/turn.ts'
import type { Summary } from './summary.ts'

/** Sums up the older part of a conversation for the agent that has it. Resolves with nothing where none is due. */
export type Summarise = (state: ConversationState, agent: Agent, signal: AbortSignal) => Promise<Summary | undefined>

interface SummingUpParts {
  readonly summarise?: Summarise | undefined
  readonly journal: CallJournal
  readonly speaker: () => Agent
  readonly emit: (event: UntimedEvent) => void
  /** The call is not over before this has settled. */
  readonly awaitAtEnd: (work: Promise<unknown>) => void
}

/**
 * Has a long conversation summed up beside the talk, whenever a reply is over: one summary at a time. What fails is noted,
 * and changes nothing.
 */
export function summingUp(
  { summarise, journal, speaker, emit, awaitAtEnd }: SummingUpParts,
  signal: AbortSignal,
): (before: Turn, state: ConversationState) => void {
  let isBusy = false
  return (before, state) => {
    const isOver = 'reply' in before && !('reply' in state.turn) && state.turn.kind !== 'ended'
    if (summarise && isOver && !isBusy) awaitAtEnd(sumUp(summarise, state))
  }

  async function sumUp(ask: Summarise, state: ConversationState): Promise<void> {
    isBusy = true
    try {
      const summary = await ask(state, speaker(), signal)
      if (summary && !signal.aborted) emit({ kind: 'summarised', ...summary })
    } catch (error) {
      if (!signal.aborted) journal.append({ noted: { kind: 'summary-failed', why: String(error) } })
    } finally {
      isBusy = false
    }
  }
}
