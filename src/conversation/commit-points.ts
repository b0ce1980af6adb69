import type { Turn, TurnEvent } from './turn/turn.ts'

/** While the agent speaks, what was heard is written so often: another server goes on from there. */
const HEARD_EACH_MS = 1_000

/**
 * Tells when the journal is committed: where a turn of the caller or of the agent is over, where a question is asked or a tool
 * has answered, and now and then while the agent is heard. What another server does not have after a crash, the caller says
 * or hears again.
 */
export function commitPoints(): (event: TurnEvent, before: Turn, after: Turn) => boolean {
  let lastMs = Number.NEGATIVE_INFINITY
  return (event, before, after) => {
    const isOver = after.kind === 'listening' && (before.kind === 'replying' || before.kind === 'yielding')
    const isAnswered = after.kind === 'replying' && 'utterance' in before
    const isTold = event.kind === 'tool-result' || event.kind === 'tool-asked'
    const isHeard = event.kind === 'heard' && event.atMs >= lastMs + HEARD_EACH_MS
    if (!isOver && !isAnswered && !isTold && !isHeard) return false
    lastMs = event.atMs
    return true
  }
}
