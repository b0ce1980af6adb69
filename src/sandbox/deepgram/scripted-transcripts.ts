import { isVoiced } from '../../audio/loudness.ts'

/** An utterance as it is announced: its words by the audio's own time, and where its first voiced sample lies. */
export interface AnnouncedUtterance {
  readonly words: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[]
  readonly voicedFromMs: number
}

/** A word as it was heard, by the time of the stream. */
export interface HeardWord {
  readonly text: string
  readonly startMs: number
  readonly endMs: number
}

const FRAME_MS = 20
/** Silence after an utterance's last word that ends it, so that its tail is not taken for the next one. */
const TAIL_MS = 200
/** A word counts as heard when there was voice within this of it: lost sound is lost words. */
const SLACK_MS = 60

/** The utterance that is being spoken. */
interface Speaking {
  readonly words: readonly HeardWord[]
  readonly voiced: { startMs: number; endMs: number }[]
  said: number
}

/**
 * Hears by energy and knows the words from the caller's script: the words of an announced utterance come out as the
 * audio's own clock passes their ends, if the sound is really there.
 */
export class ScriptedTranscripts {
  readonly #next: () => AnnouncedUtterance | undefined
  readonly #frameSamples: number
  readonly #frame: Int16Array
  #filled = 0
  #audioMs = 0
  #lastVoicedMs = Number.NEGATIVE_INFINITY
  #firstVoicedMs = Number.NEGATIVE_INFINITY
  #current: Speaking | undefined

  constructor(rateHz: number, next: () => AnnouncedUtterance | undefined) {
    this.#next = next
    this.#frameSamples = (rateHz * FRAME_MS) / 1_000
    this.#frame = new Int16Array(this.#frameSamples)
  }

  /** Sound heard so far. */
  get audioMs(): number {
    return this.#audioMs
  }

  /** How long it has been silent, by the audio's clock. */
  get silentMs(): number {
    return this.#audioMs - this.#lastVoicedMs
  }

  /** He has not said yet all of what was announced. */
  get expectsMore(): boolean {
    return this.#current !== undefined && this.#current.said < this.#current.words.length
  }

  /** When the voice that is being heard, or was heard last, began. */
  get voicedSinceMs(): number {
    return this.#firstVoicedMs
  }

  /** Takes in sound; gives the words that it completed. */
  hear(pcm: Int16Array): readonly HeardWord[] {
    const heard: HeardWord[] = []
    for (let at = 0; at < pcm.length; ) {
      const taken = Math.min(this.#frameSamples - this.#filled, pcm.length - at)
      this.#frame.set(pcm.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled < this.#frameSamples) break
      this.#filled = 0
      heard.push(...this.#frameHeard(isVoiced(this.#frame)))
    }
    return heard
  }

  #frameHeard(voiced: boolean): readonly HeardWord[] {
    const startMs = this.#audioMs
    this.#audioMs += FRAME_MS
    if (voiced) {
      if (startMs - this.#lastVoicedMs > TAIL_MS) this.#firstVoicedMs = startMs
      this.#lastVoicedMs = this.#audioMs
      this.#current ??= this.#begin(startMs)
      const span = this.#current?.voiced.at(-1)
      if (span && span.endMs === startMs) span.endMs = this.#audioMs
      else this.#current?.voiced.push({ startMs, endMs: this.#audioMs })
    }
    return this.#current ? this.#said(this.#current) : []
  }

  #begin(atMs: number): Speaking | undefined {
    const announced = this.#next()
    if (!announced) return undefined
    const offsetMs = atMs - announced.voicedFromMs
    const words = announced.words.map(({ text, startMs, endMs }) => ({
      text,
      startMs: startMs + offsetMs,
      endMs: endMs + offsetMs,
    }))
    return { words, voiced: [], said: 0 }
  }

  #said(current: Speaking): readonly HeardWord[] {
    const heard: HeardWord[] = []
    for (
      let word = current.words[current.said];
      word && word.endMs <= this.#audioMs;
      word = current.words[current.said]
    ) {
      const { startMs, endMs } = word
      const sounded = current.voiced.some(span => span.startMs < endMs + SLACK_MS && span.endMs > startMs - SLACK_MS)
      if (sounded) heard.push(word)
      current.said++
    }
    const lastMs = Math.max(current.words.at(-1)?.endMs ?? 0, this.#lastVoicedMs)
    if (current.said === current.words.length && this.#audioMs - lastMs >= TAIL_MS) this.#current = undefined
    return heard
  }
}
