import { loudnessDb } from '../../audio/loudness.ts'

/** A shorter stretch is refused. */
const LEAST_MS = 100
/** Nobody speaks below this. */
const QUIET_DB = -50
/** Words become final after this silence without having been asked for: a flush comes sooner. */
const SILENCE_MS = 1_000
/** A stretch without words is given up after this time, where it has been quiet for so long, */
const IDLE_MS = 30_000
const QUIET_MS = 500
/** and any after this one: what noise keeps open would grow without end. */
const LONGEST_MS = 60_000

/** The sound that was sent since the last commit. */
export class Uncommitted {
  #ms = 0
  #quietMs = 0
  #isSilent = true

  /** Whether it is time to commit without having been asked. */
  add(pcm: Int16Array, ms: number, hasWords: boolean): boolean {
    this.#ms += ms
    if (loudnessDb(pcm) > QUIET_DB) {
      this.#quietMs = 0
      this.#isSilent = false
    } else this.#quietMs += ms
    if (hasWords) return this.#ms >= LONGEST_MS || this.#quietMs >= SILENCE_MS
    return this.#ms >= LONGEST_MS || (this.#ms >= IDLE_MS && this.#quietMs >= QUIET_MS)
  }

  /** Begins anew. Undefined where there is too little to commit. */
  take(): { readonly isSilent: boolean } | undefined {
    if (this.#ms < LEAST_MS) return undefined
    const isSilent = this.#isSilent
    this.#ms = 0
    this.#quietMs = 0
    this.#isSilent = true
    return { isSilent }
  }
}
