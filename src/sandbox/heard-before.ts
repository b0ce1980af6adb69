import { loudnessDb } from '../audio/loudness.ts'
import type { HeardWord } from './deepgram/scripted-transcripts.ts'

/** How long a frame of sound is. */
export const FRAME_MS = 20
/** So many frames tell where a sound was heard before. */
export const FRAMES_TOLD_BY = 8
/** A frame of the same sound may begin anywhere in a frame of before: how loud it was is remembered in steps of 5 ms. */
const STEPS = 4
/** Between two steps it is looked for at so many places. */
const PLACES = 4
/** The same sound at another rate is as loud within this, on average and at worst: a voice begins abruptly. */
const SAME_WITHIN_DB = 0.7
const NEVER_BEYOND_DB = 4
/** Below this, all is silence. */
const SILENT_DB = -60
/** A steady sound is like itself everywhere, so it tells nothing. */
const LEAST_RANGE_DB = 3
/** 30 s: more than a client keeps of a sound whose words are not final. */
const MOST_FRAMES = 1_500
const MOST_WORDS = 1_000

/**
 * What one session was given: how loud it was, and where the announced words lie in it. When it dies, its client may give
 * the last seconds to the next session, of the same service or of another one. These have the words that they had.
 */
export class HeardBefore {
  /** How strong each step was, 1 being the loudest. */
  #powers: number[] = []
  #firstMs = 0
  #words: readonly HeardWord[] = []

  /** Takes the next frame, of 20 ms. */
  hear(frame: Int16Array): void {
    for (let step = 0; step < STEPS; step++) {
      const part = frame.subarray((step * frame.length) / STEPS, ((step + 1) * frame.length) / STEPS)
      this.#powers.push(10 ** (loudnessDb(part) / 10))
    }
    if (this.#powers.length < 2 * MOST_FRAMES * STEPS) return
    this.#powers = this.#powers.slice(-MOST_FRAMES * STEPS)
    this.#firstMs += MOST_FRAMES * FRAME_MS
  }

  /** Announced words, by their times in this session. */
  place(words: readonly HeardWord[]): void {
    this.#words = [...this.#words, ...words].slice(-MOST_WORDS)
  }

  /** Of the words placed so far, those that are still to come are for others. */
  cut(): void {
    const heardMs = this.#firstMs + (this.#powers.length / STEPS) * FRAME_MS
    this.#words = this.#words.filter(({ endMs }) => endMs <= heardMs)
  }

  /** The words from where these frames were heard, by times from the first of them; undefined where they were not. */
  after(levels: readonly number[]): readonly HeardWord[] | undefined {
    const own = levels.map(level => Math.max(SILENT_DB, level))
    if (!(Math.max(...own) - Math.min(...own) >= LEAST_RANGE_DB)) return undefined
    const at = this.#placeOf(own)
    if (at === undefined) return undefined
    const fromMs = this.#firstMs + (at / STEPS) * FRAME_MS
    // A word that is cut in the middle is heard where most of it is.
    const rest = this.#words.filter(({ startMs, endMs }) => (startMs + endMs) / 2 >= fromMs)
    return rest.map(({ text, startMs, endMs }) => ({ text, startMs: startMs - fromMs, endMs: endMs - fromMs }))
  }

  /** Where these frames are most alike, in steps; undefined if they are like none. */
  #placeOf(levels: readonly number[]): number | undefined {
    const sums = [0]
    for (const power of this.#powers) sums.push((sums.at(-1) ?? 0) + power)
    const until = (at: number): number => {
      const whole = Math.floor(at)
      const sum = sums[whole] ?? 0
      return sum + (at - whole) * ((sums[whole + 1] ?? sum) - sum)
    }
    const levelAt = (at: number): number =>
      Math.max(SILENT_DB, 10 * Math.log10(Math.max(0, until(at + STEPS) - until(at)) / STEPS))
    const most = SAME_WITHIN_DB * levels.length
    let best: { readonly at: number; readonly off: number } | undefined
    for (let at = 0; at + levels.length * STEPS <= this.#powers.length; at += 1 / PLACES) {
      let off = 0
      for (const [i, level] of levels.entries()) {
        const own = Math.abs(levelAt(at + i * STEPS) - level)
        off += own > NEVER_BEYOND_DB ? Number.POSITIVE_INFINITY : own
        if (off > (best?.off ?? most)) break
      }
      if (off <= most && off < (best?.off ?? Number.POSITIVE_INFINITY)) best = { at, off }
    }
    return best?.at
  }
}

/** Whether a sound is the beginning of a longer one, but for the silence at its end. */
export function goesOn(before: Int16Array, now: Int16Array, orIsSame: boolean): boolean {
  const length = before.findLastIndex(sample => sample !== 0) + 1
  const isLonger = now.length > before.length || (orIsSame && now.length === before.length)
  return length > 0 && isLonger && before.subarray(0, length).every((sample, i) => sample === now[i])
}
