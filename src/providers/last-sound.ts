import { loudnessDb } from '../audio/loudness.ts'

const BLOCK_SAMPLES = 80
const BLOCK_MS = 10
/** Sound this much quieter than the loudest speech is not speech: room or line noise. */
const RANGE_DB = 24
/** Enough for half a second: so late the detector may report an end, and the caller may have gone on by then. */
const RECENT_BLOCKS = 64

/**
 * Finds where speech really ended. The detector, which judges windows of 32 ms with memory, reports the end up to
 * 150 ms too late (measured with Silero at 8 kHz), and every answer would be late by that.
 */
export class LastSound {
  #peakDb = Number.NEGATIVE_INFINITY
  /** The ends of the recent loud blocks, the newest last. */
  #ends: number[] = []
  /** Pieces of sound have any length: a block may begin in one and end in the next. */
  readonly #block = new Int16Array(BLOCK_SAMPLES)
  #filled = 0

  /** Speech has started again, with its own loudness. */
  begin(): void {
    this.#peakDb = Number.NEGATIVE_INFINITY
  }

  /** Takes 8 kHz sound whose first sample was spoken at `startMs`. */
  hear(pcm: Int16Array, startMs: number): void {
    for (let at = 0; at < pcm.length; ) {
      const some = pcm.subarray(at, at + BLOCK_SAMPLES - this.#filled)
      this.#block.set(some, this.#filled)
      this.#filled = (this.#filled + some.length) % BLOCK_SAMPLES
      at += some.length
      if (this.#filled > 0) return
      const db = loudnessDb(this.#block)
      if (db > this.#peakDb) this.#peakDb = db
      if (db <= this.#peakDb - RANGE_DB) continue
      if (this.#ends.length >= 2 * RECENT_BLOCKS) this.#ends = this.#ends.slice(-RECENT_BLOCKS)
      this.#ends.push(startMs + (at / BLOCK_SAMPLES) * BLOCK_MS)
    }
  }

  /** The end of the last loud block before `atMs`; `atMs` itself if there is none. */
  before(atMs: number): number {
    return this.#ends.findLast(endMs => endMs <= atMs) ?? atMs
  }
}
