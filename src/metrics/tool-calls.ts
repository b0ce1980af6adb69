import type { JournalLine } from '../conversation/lines.ts'
import { STOPPED } from '../conversation/reply/tool-run.ts'
import type { ToolOutcome } from './label-values.ts'
import type { Observation } from './table.ts'

/** A reply may call 32 tools at most; those of which nothing came are forgotten. */
const MOST_OPEN = 64
const NOT_RUN = /^Not done: too many calls at once/

/** What came of each call of a tool, and how long its run took. */
export function toolCalls(): (line: JournalLine) => readonly Observation[] {
  const called = new Map<string, { readonly name: string; readonly atMs: number }>()
  /** Tools that have just failed, and calls that were refused: their result comes next. */
  const failed = new Set<string>()
  const refused = new Set<string>()

  function over(id: string, atMs: number, outcomeOf: (name: string) => ToolOutcome): readonly Observation[] {
    const call = called.get(id)
    if (call === undefined) return []
    called.delete(id)
    const outcome = outcomeOf(call.name)
    const counted: Observation = { metric: 'tool_calls_total', labels: { tool: call.name, outcome }, value: 1 }
    if (outcome !== 'done' && outcome !== 'failed') return [counted]
    return [counted, { metric: 'turn_seconds', labels: { stage: 'tool' }, value: (atMs - call.atMs) / 1_000 }]
  }

  return line => {
    if ('noted' in line && line.noted.kind === 'tool-failed') failed.add(String(line.noted.tool))
    if ('decided' in line && line.decided.kind === 'tool-refused') refused.add(line.decided.call)
    if (!('input' in line)) return []
    const { input } = line
    switch (input.kind) {
      case 'tool-called': {
        const [oldest] = called.keys()
        if (called.size >= MOST_OPEN && oldest !== undefined) called.delete(oldest)
        called.set(input.call.id, { name: input.call.name, atMs: line.atMs })
        return []
      }
      case 'tool-asked':
        return over(input.call.id, line.atMs, () => 'asked')
      case 'tool-result':
        return over(input.callId, line.atMs, name => {
          if (failed.delete(name)) return 'failed'
          if (refused.delete(input.callId) || NOT_RUN.test(input.result)) return 'refused'
          return input.result === STOPPED ? 'stopped' : 'done'
        })
      default:
        return []
    }
  }
}
