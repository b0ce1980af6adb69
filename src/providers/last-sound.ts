import { loudnessDb } from '../audio/loudness.ts'

const BLOCK_SAMPLES = 80
const BLOCK_MS = 10
/** Below the loudest of the speech by this much, sound is no longer of it: room, line, the tail of the detector. */
const RANGE_DB = 24
/** The detector tells of an end within half a second; he may have gone on meanwhile. */
const KEPT = 64

/**
 * Finds where speech really ended: a detector that judges windows of 32 ms by what it remembers holds on for up to
 * 150 ms (measured here with Silero at 8 kHz), and all of that would be added to every answer.
 */
export class LastSound {
  #peakDb = Number.NEGATIVE_INFINITY
  /** Where the last loud blocks ended, the newest last. */
  #ends: number[] = []

  /** A new stretch of speech begins. */
  begin(): void {
    this.#peakDb = Number.NEGATIVE_INFINITY
  }

  /** Takes in 8 kHz sound whose first sample was spoken at `startMs`. */
  hear(pcm: Int16Array, startMs: number): void {
    for (let at = 0; at < pcm.length; at += BLOCK_SAMPLES) {
      const db = loudnessDb(pcm.subarray(at, at + BLOCK_SAMPLES))
      if (db > this.#peakDb) this.#peakDb = db
      if (db <= this.#peakDb - RANGE_DB) continue
      if (this.#ends.length >= 2 * KEPT) this.#ends = this.#ends.slice(-KEPT)
      this.#ends.push(startMs + (at / BLOCK_SAMPLES + 1) * BLOCK_MS)
    }
  }

  /** The end of the last sound that ended before `atMs`; `atMs` itself where there was none. */
  before(atMs: number): number {
    return this.#ends.findLast(endMs => endMs <= atMs) ?? atMs
  }
}
