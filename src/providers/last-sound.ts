import { loudnessDb } from '../audio/loudness.ts'

const BLOCK_SAMPLES = 80
/** Below the loudest of the speech by this much, sound is no longer of it: room, line, the tail of the detector. */
const RANGE_DB = 24

/**
 * Finds where speech really ended: a detector that judges windows of 32 ms by what it remembers holds on for up to
 * 150 ms (measured here with Silero at 8 kHz), and all of that would be added to every answer.
 */
export class LastSound {
  #peakDb = Number.NEGATIVE_INFINITY
  #atMs = Number.NEGATIVE_INFINITY

  /** A new stretch of speech begins. */
  begin(): void {
    this.#peakDb = Number.NEGATIVE_INFINITY
  }

  /** Takes in 8 kHz sound whose first sample was spoken at `startMs`. */
  hear(pcm: Int16Array, startMs: number): void {
    for (let at = 0; at < pcm.length; at += BLOCK_SAMPLES) {
      const db = loudnessDb(pcm.subarray(at, at + BLOCK_SAMPLES))
      if (db > this.#peakDb) this.#peakDb = db
      if (db > this.#peakDb - RANGE_DB) this.#atMs = startMs + (at + BLOCK_SAMPLES) / 8
    }
  }

  /** The end of the last sound, if that was before `atMs`. */
  before(atMs: number): number {
    return Math.min(atMs, this.#atMs)
  }
}
