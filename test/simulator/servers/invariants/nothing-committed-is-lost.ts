import type { SeveralStreams } from '../several-streams.ts'

/**
 * When all is over and the store is back, it has every line that was acknowledged, and all of each stream whose server
 * lived and held the call to its end.
 */
export function nothingCommittedIsLost({ streams, stored, witness }: SeveralStreams): readonly string[] {
  const there = new Set(stored)
  return streams.flatMap(({ attempt, journal, wasKilled, overMs, startMs }) => {
    const acknowledged = Math.max(0, ...journal.committed)
    const laterMs = Math.min(
      ...[...witness.passes].filter(([other]) => other > attempt).map(([, ms]) => ms),
      Number.POSITIVE_INFINITY,
    )
    const isWhole = !wasKilled && (overMs ?? startMs) < laterMs
    const owed = isWhole ? journal.lines : journal.lines.slice(0, acknowledged)
    const lost = owed.filter(line => !there.has(line))
    return lost.length > 0
      ? [`stream ${attempt}: ${lost.length} lines are not in the store: ${lost[0]?.slice(0, 120)}`]
      : []
  })
}
