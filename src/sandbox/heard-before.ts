import type { HeardWord } from './deepgram/scripted-transcripts.ts'

export const FRAME_MS = 20
/** So many frames tell where a sound was heard before. */
export const FRAMES_TOLD_BY = 8
/** The same sound at another rate is as loud within this. */
const SAME_WITHIN_DB = 1.5
/** A steady sound is like itself everywhere, so it tells nothing. */
const LEAST_RANGE_DB = 3
/** More than a client keeps of a sound whose words are not final. */
const MOST_FRAMES = 3_000
const MOST_WORDS = 1_000

/**
 * What one session was given: how loud each frame was, and where the announced words lie in it. When it dies, its client may
 * give the last seconds to the next session, of the same service or of another one. These have the words that they had.
 */
export class HeardBefore {
  #levels: number[] = []
  #firstMs = 0
  #words: readonly HeardWord[] = []

  /** Takes the next frame, of 20 ms. */
  hear(levelDb: number): void {
    this.#levels.push(levelDb)
    if (this.#levels.length < 2 * MOST_FRAMES) return
    this.#levels = this.#levels.slice(-MOST_FRAMES)
    this.#firstMs += MOST_FRAMES * FRAME_MS
  }

  /** Announced words, by their times in this session. */
  place(words: readonly HeardWord[]): void {
    this.#words = [...this.#words, ...words].slice(-MOST_WORDS)
  }

  /** Of the words placed so far, those that are still to come are for others. */
  cut(): void {
    const heardMs = this.#firstMs + this.#levels.length * FRAME_MS
    this.#words = this.#words.filter(({ endMs }) => endMs <= heardMs)
  }

  /** The words from where these frames were heard, by times from the first of them; undefined where they were not. */
  after(levels: readonly number[]): readonly HeardWord[] | undefined {
    if (!(Math.max(...levels) - Math.min(...levels) >= LEAST_RANGE_DB)) return undefined
    const at = this.#levels.findIndex((_, start) =>
      levels.every((db, i) => Math.abs(db - (this.#levels[start + i] ?? Number.NaN)) <= SAME_WITHIN_DB),
    )
    if (at < 0) return undefined
    const fromMs = this.#firstMs + at * FRAME_MS
    // A word that is cut in the middle is heard where most of it is.
    const rest = this.#words.filter(({ startMs, endMs }) => (startMs + endMs) / 2 >= fromMs)
    return rest.map(({ text, startMs, endMs }) => ({ text, startMs: startMs - fromMs, endMs: endMs - fromMs }))
  }
}
