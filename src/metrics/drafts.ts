import type { JournalLine } from '../conversation/lines.ts'
import type { Observation } from './table.ts'

const draft = (outcome: string): readonly Observation[] => [{ metric: 'drafts_total', labels: { outcome }, value: 1 }]

/** Which drafts became the answer, and which were thrown away. */
export function drafts(): (line: JournalLine) => readonly Observation[] {
  /** Ids grow, so the last draft is all that can become the next answer. */
  let drafted: number | undefined
  return line => {
    if ('used' in line && line.used.kind === 'draft-wasted') return draft('wasted')
    if (!('decided' in line) || line.decided.kind !== 'turn') return []
    const { turn } = line.decided
    if ((turn.kind === 'hearing' || turn.kind === 'settling') && turn.draft) drafted = turn.draft.id
    if (turn.kind !== 'replying' || turn.reply.id !== drafted) return []
    drafted = undefined
    return draft('used')
  }
}
