import type { TurnEvent } from './turn.ts'
import { type Utterance, wordsOf } from './utterance.ts'

type EventOf<Kind extends TurnEvent['kind']> = Extract<TurnEvent, { kind: Kind }>

/** A detector reports within half a second. One that needs so long is behind, and has not heard the latest words. */
const BEHIND_MS = 1_000

/**
 * When the caller's silence began, as far as an end of speech tells. A late one tells only of sound long past: the caller
 * may have said more since, so their silence counts from the report. (Measured here on a machine with four times the work
 * it can do: ends came four seconds late, and cut callers off after the first word of what they said next.)
 */
export const quietSince = ({ atMs, lastVoicedMs }: EventOf<'speech-end'>): number =>
  atMs - lastVoicedMs > BEHIND_MS ? atMs : lastVoicedMs

/** Does a detector that is behind only report the beginning of this utterance? */
export const isBegunBy = (utterance: Utterance, { atMs, firstVoicedMs }: EventOf<'speech-start'>): boolean =>
  atMs - firstVoicedMs > BEHIND_MS && firstVoicedMs < utterance.lastVoicedMs

/** Interim words come at most so long after they were spoken. */
const LATE_INTERIM_MS = 600

/** Words long after the last detected sound: the detector does not hear this caller, or is behind, so the words date their speech. */
export function datedByWords(utterance: Utterance, next: Utterance, { atMs, final }: EventOf<'words'>): Utterance {
  const hasMore = wordsOf(next).length > wordsOf(utterance).length
  return hasMore && !final && atMs > utterance.lastVoicedMs + LATE_INTERIM_MS ? { ...next, lastVoicedMs: atMs } : next
}
