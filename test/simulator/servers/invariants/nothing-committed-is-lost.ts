import type { SeveralStreams } from '../several-streams.ts'

/**
 * When all is over and the store is back, it has every line that was acknowledged, and all of each stream whose server
 * lived, had its pass, and had written its end before a later stream began. While the store is away, two servers may each
 * hold a stream of one number; of the one that has not its pass the lines are in its own folder.
 */
export function nothingCommittedIsLost({ streams, stored, witness }: SeveralStreams): readonly string[] {
  const there = new Set(stored)
  return streams.flatMap(({ attempt, journal, wasKilled, server, keptMs, isLeft }) => {
    const acknowledged = Math.max(0, ...journal.committed)
    const laterMs = Math.min(
      ...[...witness.passes].filter(([other]) => other > attempt).map(([, { atMs }]) => atMs),
      Number.POSITIVE_INFINITY,
    )
    const isOwn = witness.passes.get(attempt)?.server === server
    // What is left for later may come too late for a next stream, and is then in this server's own folder.
    const isInTime = isLeft ? laterMs === Number.POSITIVE_INFINITY : keptMs !== undefined && keptMs < laterMs
    const isWhole = !wasKilled && isOwn && isInTime
    const owed = isWhole ? journal.lines : journal.lines.slice(0, acknowledged)
    const lost = owed.filter(line => !there.has(line))
    return lost.length > 0
      ? [`stream ${attempt}: ${lost.length} lines are not in the store: ${lost[0]?.slice(0, 120)}`]
      : []
  })
}
