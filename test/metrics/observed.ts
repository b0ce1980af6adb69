import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { advance } from '../../src/conversation/state.ts'
import { isDecision, type Turn, type TurnEvent } from '../../src/conversation/turn/turn.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { english } from '../../src/languages/english.ts'
import { type ObservedCall, observationsOf } from '../../src/metrics/call-observations.ts'
import type { MetricName, Observation } from '../../src/metrics/table.ts'
import { RULES } from '../fakes/call.ts'

export const MODELS = { speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' }

export const CALL: ObservedCall = {
  ...{ agent: 'Paula', channel: 'phone', language: english, prices: pricesFor(MODELS), before: [] },
  providers: {
    stt: { provider: 'deepgram', model: MODELS.speechToText },
    llm: { provider: 'openai', model: MODELS.model },
    tts: { provider: 'cartesia', model: 'sonic-3' },
    sight: { provider: 'gemini', model: MODELS.sight },
  },
}

export const placed = (lines: readonly (Line & { readonly atMs?: number })[]): readonly JournalLine[] =>
  lines.map((line, i) => ({ v: 2, seq: i + 1, atMs: 0, ...line }))

/** What these lines are observed as, as `metric{label values}: sum`. */
export function observed(lines: readonly JournalLine[], call: ObservedCall = CALL, metric?: MetricName) {
  const observe = observationsOf(call)
  const sums = new Map<string, number>()
  for (const one of lines.flatMap(observe)) {
    if (metric !== undefined && one.metric !== metric) continue
    const name = nameOf(one)
    sums.set(name, (sums.get(name) ?? 0) + one.value)
  }
  return Object.fromEntries(sums)
}

const nameOf = ({ metric, labels }: Observation): string => `${metric}{${Object.values(labels).join()}}`

/** The lines that a conversation writes for these events, from this turn on. */
export function linesOf(turn: Turn, events: readonly TurnEvent[]): readonly JournalLine[] {
  const lines: (Line & { readonly atMs: number })[] = []
  let state = { turn, history: [] } as Parameters<typeof advance>[0]
  for (const event of events) {
    const before = state.turn
    lines.push({ atMs: event.atMs, input: event })
    state = advance(state, event, RULES)
    if (isDecision(before, state.turn)) lines.push({ atMs: event.atMs, decided: { kind: 'turn', turn: state.turn } })
  }
  return placed(lines)
}
