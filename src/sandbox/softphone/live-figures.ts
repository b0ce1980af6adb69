import type { PlayedUtterance } from '../caller/caller.ts'
import type { MicrophoneFigures } from '../caller/microphone-buffer.ts'
import { responseGaps } from '../ringing/response-gaps.ts'
import { voicedSpans } from '../ringing/voiced-spans.ts'
import type { CallOutcome } from '../twilio/call.ts'
import type { CallFigures, SpokenSpan } from './messages.ts'

const MOST_WARNINGS = 20

/** The figures of a call that a person held. A sound without words is none that wants an answer, where words are known. */
export function liveFigures(
  { legs, streams, events }: CallOutcome,
  spoken: readonly SpokenSpan[],
  microphone: MicrophoneFigures,
): CallFigures {
  const isWorded = spoken.some(({ say }) => say !== '')
  const played = spoken.map(
    ({ index, say, startMs, endMs }): PlayedUtterance => ({
      ...{ index, say, startMs, endMs, firstVoicedMs: startMs, lastVoicedMs: endMs },
      kind: isWorded && say === '' ? 'noise' : 'speech',
    }),
  )
  const gaps = responseGaps(played, voicedSpans(legs.agent))
  return {
    lengthMs: legs.caller.length / 8,
    greetingAfterMs: streams[0]?.firstAudioMs ?? null,
    answersMs: gaps.flatMap(gap => (gap.kind === 'answered' ? [Math.round(gap.gapMs)] : [])),
    unanswered: gaps.filter(gap => gap.kind === 'unanswered').length,
    underruns: streams.reduce((sum, { arrivals }) => sum + arrivals.underruns, 0),
    underrunMs: Math.round(streams.reduce((sum, { arrivals }) => sum + arrivals.underrunMs, 0)),
    clears: events.filter(event => event.kind === 'clear').length,
    microphone,
    warnings: events.flatMap(event => (event.kind === 'warning' ? [event.text] : [])).slice(0, MOST_WARNINGS),
  }
}
