import type { PlayedUtterance } from '../caller/caller.ts'
import type { Span } from './voiced-spans.ts'

/** A caller's turn: utterances that follow each other with no voice of the agent between them. Noises are no turns. */
export interface CallerTurn extends Span {
  /** The utterances it is made of. */
  readonly utterances: readonly number[]
}

/**
 * What became of a caller's turn. `answered`: the agent began `gapMs` after the turn's last voiced sample;
 * `spoken-over`: the agent was speaking already when the turn ended; `unanswered`: it did not speak before the next turn.
 */
export type TurnGap = { readonly turn: CallerTurn } & (
  | { readonly kind: 'answered'; readonly gapMs: number; readonly agentStartMs: number }
  | { readonly kind: 'spoken-over' }
  | { readonly kind: 'unanswered' }
)

/** Joins the utterances into turns: an utterance that comes before the agent said anything continues the turn. */
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
 * How long the caller waited after each turn, by the sound alone: from the caller's last voiced sample to the agent's
 * first voiced sample that was heard. A rest of the old reply, cut off by the caller, is not an answer.
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

/** The parts of the agent's voice that sound while a stretch of time goes by. */
export function heardDuring(stretch: Span, agent: readonly Span[]): readonly Span[] {
  return agent
    .filter(span => span.startMs < stretch.endMs && span.endMs > stretch.startMs)
    .map(span => ({
      startMs: Math.max(span.startMs, stretch.startMs),
      endMs: Math.min(span.endMs, stretch.endMs),
    }))
}
