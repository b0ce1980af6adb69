import { isEvent, type JournalLine } from '../../src/conversation/lines.ts'
import { advance, type ConversationState } from '../../src/conversation/state.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { ExactReport } from '../../src/replay/report.ts'
import { simulate } from '../simulator/simulate.ts'

export const SEEDS_AT_ONCE = 50

export interface SimulatedCall {
  readonly callId: string
  readonly lines: readonly JournalLine[]
}

/** Simulates calls and replays each; `replayMs` is what the replays took of this machine's time. */
export async function replaysOf(firstSeed: number, count: number) {
  const calls: SimulatedCall[] = []
  const reports: ExactReport[] = []
  let replayMs = 0
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const { lines } = await simulate(seed)
    const startMs = performance.now()
    const report = replayExactly(lines, { languageOf })
    replayMs += performance.now() - startMs
    calls.push({ callId: report.callId, lines })
    reports.push(report)
  }
  return { calls, reports, replayMs }
}

/** The rule that is changed on purpose: a key is not taken for the beginning of a turn. */
const keysBeginNothing: typeof advance = (state, event, rules) =>
  state.turn.kind === 'listening' && event.kind === 'digit' ? state : advance(state, event, rules)

/** The ids of the calls that differ under the changed rule. */
export const differing = (calls: readonly SimulatedCall[]): readonly string[] =>
  calls.flatMap(({ callId, lines }) =>
    replayExactly(lines, { languageOf, advance: keysBeginNothing }).differences.length > 0 ? [callId] : [],
  )

/** Did the caller of this call press a key while the agent listened? */
export function digitsCount({ lines }: SimulatedCall): boolean {
  let state: ConversationState | undefined
  for (const line of lines) {
    if ('started' in line) state = { turn: line.started.turn, history: [] }
    if (!state || !('input' in line) || !isEvent(line.input)) continue
    if (state.turn.kind === 'listening' && line.input.kind === 'digit') return true
    const started = lines.find(some => 'started' in some)
    if (!started || !('started' in started)) return false
    const { policy, language } = started.started
    state = advance(state, line.input, { policy, language: languageOf(language) })
  }
  return false
}
