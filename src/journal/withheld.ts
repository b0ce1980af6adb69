import type { Recording } from './recording.ts'

/** A recording that gets silence in place of the caller's sound while a secret is asked. */
export interface WithheldRecording extends Recording {
  /** What is spoken from this time of the clock on is recorded; what comes late from before is still silence. */
  resume(fromMs: number): void
}

/** The recording, withheld from now on until `resume`; the agent is recorded all the time. */
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
