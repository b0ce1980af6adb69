import type { Expectation } from '../caller/fixture.ts'
import type { CallRecord } from './call-record.ts'
import { heardDuring } from './response-gaps.ts'

/** The server's own history and counts of the call, which a recording cannot show. */
export interface ServerSide {
  readonly callerTurns: readonly string[]
  /** The agent's replies in its history, cut to what was heard. */
  readonly agentReplies: readonly string[]
  readonly bargeIns: number
  readonly tools: readonly string[]
}

/** The parts of the record that are checked. */
export type Heard = Pick<CallRecord, 'utterances' | 'agentSpans' | 'gaps' | 'endedBy' | 'gaveUp' | 'why'>

/** Checks a call against its fixture's expectations. Returns one sentence for each that is not met. */
export function mismatches(expected: Expectation, heard: Heard, server: ServerSide): readonly string[] {
  return [...heardMismatches(expected, heard), ...serverMismatches(expected, server)]
}

/** The mismatches that the recording alone shows, for servers whose history is not accessible. */
export function heardMismatches(expected: Expectation, heard: Heard): readonly string[] {
  const { agentSilentDuring = [], answeredTurns, endedBy } = expected
  if (heard.gaveUp) return [`the call failed: ${heard.why}`]
  const problems: string[] = []
  for (const index of agentSilentDuring) {
    const utterance = heard.utterances[index]
    if (!utterance) problems.push(`utterance ${index} was never spoken`)
    const { firstVoicedMs: startMs = 0, lastVoicedMs: endMs = 0 } = utterance ?? {}
    for (const span of heardDuring({ startMs, endMs }, heard.agentSpans)) {
      problems.push(`the agent was heard from ${ms(span.startMs)} to ${ms(span.endMs)}, during utterance ${index}`)
    }
  }
  const answered = heard.gaps.filter(gap => gap.kind === 'answered').length
  if (answeredTurns !== undefined && answered !== answeredTurns) {
    problems.push(`${answered} turns were answered, not ${answeredTurns}`)
  }
  if (endedBy !== undefined && heard.endedBy !== endedBy) {
    problems.push(`the call was ended by the ${heard.endedBy}, not by the ${endedBy}`)
  }
  return problems
}

function serverMismatches(expected: Expectation, server: ServerSide): readonly string[] {
  const { callerTurns, agentSays = [], bargeIns, tools } = expected
  const problems: string[] = []
  if (callerTurns && !sameList(callerTurns.map(plainWords), server.callerTurns.map(plainWords))) {
    problems.push(`the caller's turns are ${quoted(server.callerTurns)}, not ${quoted(callerTurns)}`)
  }
  let from = 0
  for (const pattern of agentSays) {
    const at = server.agentReplies.findIndex((reply, index) => index >= from && new RegExp(pattern, 'i').test(reply))
    if (at < 0) problems.push(`no reply says /${pattern}/ in its turn; the replies are ${quoted(server.agentReplies)}`)
    else from = at + 1
  }
  if (bargeIns !== undefined && server.bargeIns !== bargeIns) {
    problems.push(`${server.bargeIns} barge-ins, not ${bargeIns}`)
  }
  if (tools && !sameList(tools, server.tools))
    problems.push(`the tools ran as ${quoted(server.tools)}, not ${quoted(tools)}`)
  return problems
}

/** Checks the caller's tasks after the call. `stored` has a line each, such as "pending: Call Anna, due Friday". */
export function taskMismatches({ tasks }: Expectation, stored: readonly string[]): readonly string[] {
  if (!tasks) return []
  const isAsExpected =
    stored.length === tasks.length && tasks.every((pattern, i) => new RegExp(pattern, 'i').test(stored[i] ?? ''))
  return isAsExpected ? [] : [`the stored tasks are ${quoted(stored)}, not ${quoted(tasks)}`]
}

/** The words in lower case without punctuation and apostrophes, so that only words are compared. */
export function plainWords(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/['’]/g, '')
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? ''
  )
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}

function quoted(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.map(item => `"${item}"`).join(', ')
}

function ms(position: number): string {
  return `${Math.round(position)} ms`
}
