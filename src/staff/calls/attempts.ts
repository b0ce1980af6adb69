import type { JournalLine } from '../../conversation/lines.ts'

/** The lines of one stream of a call, whose times count from its own start. */
export interface AttemptLines {
  readonly attempt: number
  /** From the start of the first attempt. */
  readonly startMs: number
  readonly lines: readonly JournalLine[]
}

/** The attempts of a journal: the times of each begin anew. */
export function attemptsOf(lines: readonly JournalLine[]): readonly AttemptLines[] {
  const parts: JournalLine[][] = []
  let beforeMs = Number.POSITIVE_INFINITY
  for (const line of lines) {
    // A line that was made while another was written may be a moment early.
    if (line.atMs < beforeMs - SLACK_MS || parts.length === 0) parts.push([])
    parts.at(-1)?.push(line)
    beforeMs = line.atMs
  }
  const attempts: AttemptLines[] = []
  let firstWallMs: number | undefined
  for (const [index, part] of parts.entries()) {
    const wallMs = startOf(part)
    firstWallMs ??= wallMs
    const before = attempts.at(-1)
    const leastMs = before ? before.startMs + (before.lines.at(-1)?.atMs ?? 0) : 0
    const startMs = wallMs === undefined || firstWallMs === undefined ? leastMs : wallMs - firstWallMs
    attempts.push({ attempt: index + 1, startMs: Math.max(leastMs, Math.round(startMs)), lines: part })
  }
  return attempts
}

const SLACK_MS = 50

/** The calendar time of an attempt's start, in ms; undefined where its conversation never began. */
function startOf(lines: readonly JournalLine[]): number | undefined {
  for (const line of lines)
    if ('started' in line) {
      const atMs = new Date(line.started.wallTime).getTime() - line.atMs
      return Number.isFinite(atMs) ? atMs : undefined
    }
  return undefined
}
