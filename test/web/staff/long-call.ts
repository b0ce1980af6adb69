import type { JournalLine } from '../../../src/conversation/lines.ts'

/** Fields that count from the beginning of the call. Others, such as `startMs` of a word, count from elsewhere. */
const MOMENTS = new Set(['atMs', 'firstVoicedMs', 'lastVoicedMs', 'dueMs', 'soundMs', 'heardOutMs'])
const IDS = new Set(['id', 'reply', 'wait', 'ids'])

/** A call as long as so many of this one, as a journal has it: later, with ids of its own each time. */
export function longCall(lines: readonly JournalLine[], times: number): readonly JournalLine[] {
  const lengthMs = Math.ceil(lines.at(-1)?.atMs ?? 0)
  const middle = lines.filter(line => !('started' in line) && !isEnd(line))
  const ends = lines.filter(line => !('started' in line) && isEnd(line))
  const all = Array.from({ length: times }, (_, time) => {
    const shift = (key: string, value: unknown): unknown => {
      if (typeof value !== 'number') return value
      if (MOMENTS.has(key)) return value + time * lengthMs
      return IDS.has(key) ? value + time * 10_000 : value
    }
    const some = time === times - 1 ? [...middle, ...ends] : middle
    return JSON.parse(JSON.stringify(some), shift) as JournalLine[]
  })
  return [...lines.filter(line => 'started' in line), ...all.flat()].map((line, index) => ({ ...line, seq: index + 1 }))
}

const isEnd = (line: JournalLine): boolean =>
  ('decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'ended') ||
  ('input' in line && line.input.kind === 'stopped')
