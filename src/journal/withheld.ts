import type { Recording } from './recording.ts'

/** A recording with silence in place of the caller's sound while a secret is asked. */
export interface WithheldRecording extends Recording {
  /** Records what is spoken from this clock time on. Late sound from before stays silent. */
  resume(fromMs: number): void
}

/** Withholds the caller's sound from now until `resume`. The agent is always recorded. */
export function withheld(recording: Recording): WithheldRecording {
  let fromMs = Number.POSITIVE_INFINITY
  return {
    ...recording,
    caller(pcm, positionMs, atMs) {
      recording.caller(atMs >= fromMs ? pcm : new Int16Array(pcm.length), positionMs, atMs)
    },
    resume(atMs) {
      fromMs = atMs
    },
  }
}
