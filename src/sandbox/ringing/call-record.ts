import type { PlayedUtterance } from '../caller/caller.ts'
import type { Script } from '../caller/fixture.ts'
import type { CallOutcome } from '../twilio/call.ts'
import { responseGaps, type TurnGap } from './response-gaps.ts'
import { type Span, voicedSpans } from './voiced-spans.ts'

/** What is known of a call after it ended. Times are ms on the timeline of its recording. */
export interface CallRecord extends CallOutcome {
  readonly callSid: string
  readonly script: string
  readonly utterances: readonly PlayedUtterance[]
  /** How many utterances of the script were not played. */
  readonly unplayed: number
  readonly callerSpans: readonly Span[]
  readonly agentSpans: readonly Span[]
  readonly gaps: readonly TurnGap[]
  /** Each `clear` and how much audio it dropped. */
  readonly clears: readonly { readonly atMs: number; readonly droppedMs: number }[]
  /** From `start` to the first audio message of the first stream. */
  readonly greetingAfterMs: number | undefined
  readonly said: readonly string[]
  readonly warnings: readonly string[]
}

/** Computes the figures from the recording alone: what was heard, not what was meant to be played. */
export function recordOf(
  callSid: string,
  { name, utterances }: Script,
  played: readonly PlayedUtterance[],
  outcome: CallOutcome,
): CallRecord {
  const { events, legs, streams } = outcome
  const agentSpans = voicedSpans(legs.agent)
  return {
    ...outcome,
    callSid,
    script: name,
    utterances: played,
    unplayed: utterances.length - played.length,
    callerSpans: voicedSpans(legs.caller),
    agentSpans,
    gaps: responseGaps(played, agentSpans),
    clears: events.flatMap(event => (event.kind === 'clear' ? [{ atMs: event.atMs, droppedMs: event.droppedMs }] : [])),
    greetingAfterMs: streams[0]?.firstAudioMs,
    said: events.flatMap(event => (event.kind === 'say' ? [event.text] : [])),
    warnings: events.flatMap(event => (event.kind === 'warning' ? [event.text] : [])),
  }
}

/** The record without the audio, for JSON. */
export function recordFigures({ legs, ...figures }: CallRecord): Omit<CallRecord, 'legs'> & { lengthMs: number } {
  return { ...figures, lengthMs: legs.caller.length / 8 }
}
