import type { JournalLine } from '../../src/conversation/lines.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { CallSpans } from '../../src/traces/call-spans.ts'
import type { MadeSpan } from '../../src/traces/span.ts'

export const RECORDED = ['corrects', 'talks-over', 'tasks', 'thinks-aloud'] as const
export const CALL = 'CA1'
export const MODEL = { model: 'gpt-4o-mini', host: 'api.example.com', port: 443 }

/** The journal of a recorded call, with the line that ends a sealed record. */
export async function recorded(name: (typeof RECORDED)[number]): Promise<readonly JournalLine[]> {
  const lines = await readJournal(
    new URL(`../../fixtures/calls/recorded-${name}/journal.jsonl`, import.meta.url).pathname,
  )
  const before = lines.filter(line => !('noted' in line && line.noted.kind === 'frames-paced'))
  const { seq = 0, atMs = 0 } = before.at(-1) ?? {}
  return [...before, { v: 2, seq: seq + 1, atMs, noted: { kind: 'frames-paced' } }]
}

/** When the first request to the model was made, and when it was answered, in the call's ms. */
export function firstRequest(lines: readonly JournalLine[]): { readonly startMs: number; readonly endMs: number } {
  const asked = lines.find(line => 'decided' in line && line.decided.kind === 'model-asked')
  const answered = lines.find(line => 'input' in line && line.input.kind === 'model-answered')
  if (!asked || !answered) throw new Error('the recorded call has changed')
  return { startMs: asked.atMs, endMs: answered.atMs }
}

export function spansOf(lines: readonly JournalLine[], attempt = 1): readonly MadeSpan[] {
  const spans = new CallSpans({ callId: CALL, attempt, model: MODEL })
  return lines.flatMap(line => spans.take(line))
}
