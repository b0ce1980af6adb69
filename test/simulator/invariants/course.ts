import { isEvent } from '../../../src/conversation/lines.ts'
import { advance, type ConversationState } from '../../../src/conversation/state.ts'
import { type Turn, type TurnEvent, worksOf } from '../../../src/conversation/turn/turn.ts'
import type { Evidence } from '../evidence.ts'

/** One event of the conversation with the turn before and after it. */
export interface Step {
  /** The number of journal lines up to and including this one. */
  readonly lines: number
  /** The clock's time. */
  readonly atMs: number
  readonly event: TurnEvent
  readonly before: Turn
  readonly after: Turn
}

/** A call's evidence with the turns recomputed from its journal, shared by all invariants. */
export interface Course extends Evidence {
  readonly steps: readonly Step[]
  /** The first turn and the last state that the events lead to. */
  readonly first: Turn | undefined
  readonly last: ConversationState | undefined
}

export function courseOf(evidence: Evidence): Course {
  const { policy } = evidence.circumstances
  const { language } = evidence.agent
  const steps: Step[] = []
  let state: ConversationState | undefined
  let first: Turn | undefined
  for (const [index, line] of evidence.lines.entries()) {
    if ('started' in line) {
      state = { turn: line.started.turn, history: evidence.history }
      first = state.turn
    }
    if (!state || !('input' in line) || !isEvent(line.input)) continue
    const before = state.turn
    state = advance(state, line.input, { policy, language })
    const atMs = evidence.startMs + line.input.atMs
    steps.push({ lines: index + 1, atMs, event: line.input, before, after: state.turn })
  }
  return { ...evidence, steps, first, last: state }
}

/** The turn when the journal had this many lines. */
export function turnAt({ steps, first }: Course, lines: number): Turn | undefined {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    const step = steps[middle]
    if (step && step.lines <= lines) low = middle + 1
    else high = middle
  }
  return steps[low - 1]?.after ?? first
}

/** True if this reply may be heard during this turn. */
export const mayBeHeard = (turn: Turn, reply: number): boolean =>
  worksOf(turn).some(work => work.kind === 'reply' && work.id === reply && !work.held)

/** The reply of each speech that has sounded. */
export function replyOfSpeech({ speechOf }: Course): ReadonlyMap<number, number> {
  return new Map([...speechOf].map(([key, speech]) => [speech, Number(key.split(':')[0])]))
}

/** The error of the estimate of what was heard when a voice is ducked, besides the network's delays. */
const ESTIMATE_ERROR_MS = 60
/** Where marks are lost or late, a voice goes back to the last returned one. */
const MARK_MS = 240
/** How far the server's estimate of what was played may be off. */
export const hiddenByNetworkMs = ({ circumstances, stalledMs }: Course): number =>
  ESTIMATE_ERROR_MS +
  circumstances.toCarrier.jitterMs +
  circumstances.toServer.jitterMs +
  circumstances.carrier.marksLateMs +
  stalledMs +
  (circumstances.carrier.marksLost > 0 || circumstances.carrier.marksLateMs > 0 ? 3 * MARK_MS : 0) +
  Math.max(0, ...circumstances.stalls.map(({ fromMs, toMs }) => toMs - fromMs))
