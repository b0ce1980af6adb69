import { loudnessDb } from '../../audio/loudness.ts'

const BLOCK_MS = 100

interface Piece {
  readonly atMs: number
  readonly pcm: Int16Array
}

/** The caller's sound of late, by the time at which it was spoken. */
export class CallerSound {
  readonly #rateHz: number
  #pieces: Piece[] = []

  constructor(rateHz: number) {
    this.#rateHz = rateHz
  }

  /** Where the sound ends that has come so far. */
  get endMs(): number {
    const last = this.#pieces.at(-1)
    return last ? last.atMs + this.#msOf(last.pcm.length) : 0
  }

  add(pcm: Int16Array, atMs: number): void {
    this.#pieces.push({ pcm, atMs })
  }

  /** Forgets what was spoken before `atMs`. */
  forget(atMs: number): void {
    let old = 0
    for (const { atMs: startMs, pcm } of this.#pieces) {
      if (startMs + this.#msOf(pcm.length) > atMs) break
      old++
    }
    if (old > 0) this.#pieces.splice(0, old)
  }

  /** The sound between two times, with silence of `padMs` before and after it. What the line lost is left out. */
  between(fromMs: number, toMs: number, padMs: number): Int16Array {
    const parts = this.#pieces.map(({ atMs, pcm }) =>
      pcm.subarray(Math.max(0, this.#samplesOf(fromMs - atMs)), Math.max(0, this.#samplesOf(toMs - atMs))),
    )
    const pad = this.#samplesOf(padMs)
    const sound = new Int16Array(parts.reduce((sum, part) => sum + part.length, 2 * pad))
    let at = pad
    for (const part of parts) {
      sound.set(part, at)
      at += part.length
    }
    return sound
  }

  /** The middle of the quietest tenth of a second between two times: there a cut hardly hits a word. */
  quietest(fromMs: number, toMs: number): number {
    const sound = this.between(fromMs, toMs, 0)
    const block = this.#samplesOf(BLOCK_MS)
    let best = { db: Number.POSITIVE_INFINITY, at: sound.length }
    for (let at = 0; at + block <= sound.length; at += block / 5) {
      const db = loudnessDb(sound.subarray(at, at + block))
      if (db < best.db) best = { db, at: at + block / 2 }
    }
    return fromMs + this.#msOf(best.at)
  }

  #msOf(samples: number): number {
    return (samples / this.#rateHz) * 1_000
  }

  #samplesOf(ms: number): number {
    return Math.round((ms / 1_000) * this.#rateHz)
  }
}
