import { courseOf } from '../../invariants/course.ts'
import { faultBetween } from '../breaks.ts'
import type { SeveralStreams } from '../several-streams.ts'

/** A commit that waits for another, and the way of both to the store and back. */
const MOST_COMMIT_MS = 4
const SLACK_MS = 100

/**
 * The stream that goes on knows every line that had been acknowledged to the one before, and each turn that was over before
 * the break, but for the time that a commit takes. Where the store was away, what it could not take may be missing.
 */
export function theLastTurnIsKept(call: SeveralStreams): readonly string[] {
  const { streams, circumstances } = call
  return streams.flatMap((stream, index) => {
    const earlier = streams[index - 1]
    if (!earlier) return []
    const commitMs = MOST_COMMIT_MS * 10 * circumstances.storeMs + SLACK_MS + earlier.stalledMs
    // The stream that goes on reads what was before it when it begins.
    if (faultBetween(call.faults, earlier.startMs, stream.startMs + commitMs)) return []
    const known = new Set(stream.before.map(line => JSON.stringify(line)))
    const acknowledged = Math.max(0, ...earlier.journal.committed)
    const forgotten = earlier.journal.lines.slice(0, acknowledged).filter(line => !known.has(line))
    const brokeMs = Math.min(earlier.leftMs, stream.startMs)
    const unknown = courseOf(earlier).steps.filter(({ before, after, atMs, lines }) => {
      const isOver = after.kind === 'listening' && (before.kind === 'replying' || before.kind === 'yielding')
      const line = earlier.journal.lines[lines - 1]
      return isOver && atMs < brokeMs - commitMs && line !== undefined && !known.has(line)
    })
    return [
      ...forgotten.slice(0, 1).map(line => `stream ${stream.attempt} does not know "${line.slice(0, 120)}"`),
      ...unknown
        .slice(0, 1)
        .map(({ atMs }) => `stream ${stream.attempt} does not know the turn that was over at ${atMs}`),
    ]
  })
}
