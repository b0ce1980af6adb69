import type { Withholding } from '../conversation/secret/secret-in-call.ts'
import type { Recording } from './recording.ts'

/** A recording with silence in place of the caller's sound while a secret is asked. */
export interface WithheldRecording extends Recording, Withholding {}

/** Records the caller's sound but for what is spoken while it is withheld, however late that comes. The agent is always recorded. `isWithheld`: from the beginning. */
export function withheld(recording: Recording, isWithheld: boolean): WithheldRecording {
  let fromMs = Number.NEGATIVE_INFINITY
  let untilMs = isWithheld ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return {
    ...recording,
    caller(pcm, positionMs, atMs) {
      const isKept = atMs >= fromMs && atMs < untilMs
      recording.caller(isKept ? pcm : new Int16Array(pcm.length), positionMs, atMs)
    },
    begin(atMs) {
      untilMs = atMs
    },
    resume(atMs) {
      fromMs = atMs
      untilMs = Number.POSITIVE_INFINITY
    },
  }
}
