import type { Expectation } from '../caller/fixture.ts'
import type { CallRecord } from './call-record.ts'
import { heardMismatches } from './expectations.ts'

interface Line {
  readonly atMs: number
  readonly who: 'caller' | 'agent'
  readonly what: string
}

/** The conversation as it was heard, one line for each utterance and reply, with the response times. */
export function conversationLines(record: CallRecord): readonly string[] {
  const said = record.utterances.map(({ kind, say, firstVoicedMs, lastVoicedMs }): Line => {
    const what = kind === 'keys' ? `presses ${say}` : kind === 'noise' ? '(a noise)' : `"${say}"`
    return { atMs: firstVoicedMs, who: 'caller', what: `${what}  ${seconds(lastVoicedMs - firstVoicedMs)}` }
  })
  const lines = [...said, ...agentLines(record)].sort((one, other) => one.atMs - other.atMs)
  return lines.map(({ atMs, who, what }) => `${seconds(atMs).padStart(8)}  ${who.padEnd(6)}  ${what}`)
}

/** Joins the agent's speech into one line until the caller begins or ends an utterance. */
function agentLines({ agentSpans, utterances, gaps, clears }: CallRecord): readonly Line[] {
  const replies: { startMs: number; endMs: number }[] = []
  for (const { startMs, endMs } of agentSpans) {
    const last = replies.at(-1)
    const passed = (ms: number): boolean => last !== undefined && ms > last.startMs && ms < startMs
    const between = utterances.some(({ firstVoicedMs, lastVoicedMs }) => passed(firstVoicedMs) || passed(lastVoicedMs))
    if (last && !between) last.endMs = endMs
    else replies.push({ startMs, endMs })
  }
  return replies.map(({ startMs, endMs }): Line => {
    const gap = gaps.find(gap => gap.kind === 'answered' && gap.agentStartMs === startMs)
    const answer = gap?.kind === 'answered' ? `answers after ${Math.round(gap.gapMs)} ms` : 'speaks'
    const cleared = clears.some(({ atMs }) => Math.abs(atMs - endMs) < 150) ? ', cut off' : ''
    return { atMs: startMs, who: 'agent', what: `${answer}  ${seconds(endMs - startMs)}${cleared}` }
  })
}

/** What went wrong in the call, a sentence each; empty when every expectation was met and every turn was answered. */
export function shortcomings(record: CallRecord, expected: Expectation): readonly string[] {
  const problems = [...heardMismatches(expected, record)]
  if (record.gaveUp) return problems
  if (record.agentSpans.length === 0) problems.push('the agent was never heard')
  for (const { kind, turn } of record.gaps) {
    const said = turn.utterances.map(index => `"${record.utterances[index]?.say}"`).join(' ')
    if (kind === 'unanswered') problems.push(`no reply to ${said}`)
    if (kind === 'spoken-over') problems.push(`the agent spoke over the end of ${said}`)
  }
  if (record.unplayed > 0) {
    problems.push(`the call ended (${record.why}) with ${record.unplayed} utterances not spoken`)
  }
  return problems
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
