import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'

/** From the caller's last sound to a filler. */
const FILLER_MS = 1_500
/** The same to words that answer or excuse. */
const WORDS_MS = 4_000
/** How long the agent may wait for a caller who may go on: the middle patience. It comes before the filler's wait. */
const PATIENCE_MS = 1_000
/** Sentences are spoken by a stand-in, which begins with a little silence; the recording has frames of 20 ms. */
const ONSET_MS = 300

export interface Silence {
  readonly fromMs: number
  readonly ms: number
}

/** How long the caller waited for the agent's next sound: after each of their turns, and between two sounds of an answer. */
export function silences({ utterances, agentSpans, callerSpans, legs }: CallRecord): readonly Silence[] {
  const endMs = legs.caller.length / 8
  const waits: Silence[] = []
  for (const { kind, lastVoicedMs } of utterances) {
    if (kind === 'noise') continue
    const next = agentSpans.find(span => span.endMs > lastVoicedMs)
    const spokenNext = callerSpans.find(span => span.startMs > lastVoicedMs)
    if (spokenNext && (!next || spokenNext.startMs < next.startMs)) continue
    waits.push({ fromMs: lastVoicedMs, ms: Math.max(0, (next?.startMs ?? endMs) - lastVoicedMs) })
  }
  return waits
}

/** After each of the caller's turns something was heard within the limit of a filler, or there is a line of what was not. */
export const lateSounds = (record: CallRecord): readonly string[] =>
  silences(record)
    .filter(({ ms }) => ms > FILLER_MS + PATIENCE_MS + ONSET_MS)
    .map(({ fromMs, ms }) => `${Math.round(ms)} ms of silence from ${Math.round(fromMs)} ms on`)

/** The same for the limit within which words must come where a filler cannot. */
export const lateWords = (record: CallRecord): readonly string[] =>
  silences(record)
    .filter(({ ms }) => ms > WORDS_MS + ONSET_MS)
    .map(({ fromMs, ms }) => `${Math.round(ms)} ms without words from ${Math.round(fromMs)} ms on`)

/** Silences between two sounds of the agent in which the caller said nothing. */
export const holes = ({ agentSpans, callerSpans }: CallRecord): readonly Silence[] =>
  agentSpans.flatMap((span, i) => {
    const before = agentSpans[i - 1]
    const isBetween = before && !callerSpans.some(some => some.endMs > before.endMs && some.startMs < span.startMs)
    return isBetween ? [{ fromMs: before.endMs, ms: span.startMs - before.endMs }] : []
  })
