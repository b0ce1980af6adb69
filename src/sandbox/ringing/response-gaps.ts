import type { PlayedUtterance } from '../caller/caller.ts'
import type { Span } from './voiced-spans.ts'

/** A caller's turn: consecutive utterances without the agent's voice between them. A noise is not a turn. */
export interface CallerTurn extends Span {
  /** Indexes of its utterances in the script. */
  readonly utterances: readonly number[]
}

/**
 * How a caller's turn was answered. `answered`: the agent began `gapMs` after the turn's last voiced sample;
 * `spoken-over`: the agent was speaking when the turn ended; `unanswered`: it did not speak before the next turn.
 */
export type TurnGap = { readonly turn: CallerTurn } & (
  | { readonly kind: 'answered'; readonly gapMs: number; readonly agentStartMs: number }
  | { readonly kind: 'spoken-over' }
  | { readonly kind: 'unanswered' }
)

/** Joins utterances into turns: an utterance before the agent has spoken continues the turn. */
export function callerTurns(played: readonly PlayedUtterance[], agent: readonly Span[]): readonly CallerTurn[] {
  const turns: { startMs: number; endMs: number; utterances: number[] }[] = []
  for (const { index, kind, firstVoicedMs: startMs, lastVoicedMs: endMs } of played) {
    if (kind === 'noise') continue
    const last = turns.at(-1)
    const answered = !last || agent.some(span => span.endMs > last.endMs && span.startMs < startMs)
    if (answered) {
      turns.push({ startMs, endMs, utterances: [index] })
    } else {
      last.endMs = endMs
      last.utterances.push(index)
    }
  }
  return turns
}

/**
 * How long the caller waited after each turn, measured on the recording: from the caller's last voiced sample to the
 * agent's first voiced sample. The rest of an old reply that the caller interrupted is not an answer.
 */
export function responseGaps(played: readonly PlayedUtterance[], agent: readonly Span[]): readonly TurnGap[] {
  const turns = callerTurns(played, agent)
  return turns.map((turn, i): TurnGap => {
    const nextMs = turns[i + 1]?.startMs ?? Number.POSITIVE_INFINITY
    const answer = agent.find(span => span.startMs >= turn.endMs && span.startMs < nextMs)
    const over = agent.some(span => span.startMs < turn.endMs && span.endMs > turn.endMs)
    if (over) return { turn, kind: 'spoken-over' }
    if (!answer) return { turn, kind: 'unanswered' }
    return { turn, kind: 'answered', gapMs: answer.startMs - turn.endMs, agentStartMs: answer.startMs }
  })
}

/** The parts of the agent's speech that were heard during a span. */
export function heardDuring(range: Span, agent: readonly Span[]): readonly Span[] {
  return agent
    .filter(span => span.startMs < range.endMs && span.endMs > range.startMs)
    .map(span => ({
      startMs: Math.max(span.startMs, range.startMs),
      endMs: Math.min(span.endMs, range.endMs),
    }))
}
