import type { Course } from './course.ts'

/** No key has two effects, no tool call runs twice, and no tool runs for a discarded draft. */
export function sideEffectsHappenOnce({ ledger, lines, steps, journal }: Course): readonly string[] {
  const wrong: string[] = []
  const keys = new Map<string, number>()
  const calls = new Set<string>()
  const wasted = new Set(
    lines.flatMap(line => ('used' in line && line.used.kind === 'draft-wasted' ? [line.used.reply] : [])),
  )
  for (const run of ledger.toolRuns) {
    keys.set(run.key, (keys.get(run.key) ?? 0) + run.effects)
    if ((keys.get(run.key) ?? 0) > 1) wrong.push(`${run.name} was done twice for ${run.key}`)
    if (calls.has(run.callId)) wrong.push(`${run.callId} (${run.name}) was run twice`)
    calls.add(run.callId)
    const reply = Number(run.key.split(':').at(-1)?.split('-')[0])
    if (wasted.has(reply)) wrong.push(`${run.name} ran for reply ${reply}, a discarded draft`)
    const called = steps.find(({ event }) => event.kind === 'tool-called' && event.call.id === run.callId)
    if (!called) wrong.push(`${run.name} (${run.key}) ran, and no line says that it was called`)
    else if (run.changes && !journal.committed.some(count => count >= called.lines))
      wrong.push(`${run.name} (${run.key}) changed something before the line that says so was durable`)
  }
  return wrong
}
