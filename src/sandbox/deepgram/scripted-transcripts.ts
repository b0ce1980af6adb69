import { loudnessDb, VOICED_DB } from '../../audio/loudness.ts'
import { FRAME_MS, FRAMES_TOLD_BY, HeardBefore } from '../heard-before.ts'

/** An announced utterance: its words with their times in its audio, and the time of its first voiced sample. */
export interface AnnouncedUtterance {
  readonly words: readonly HeardWord[]
  readonly voicedFromMs: number
}

/** A word that was heard; times are in the stream. */
export interface HeardWord {
  readonly text: string
  readonly startMs: number
  readonly endMs: number
  /** Which of several people says it. Default: the first, 0. */
  readonly speaker?: number | undefined
}

/** An utterance ends with this much silence after its last word, so that its tail is not taken for the next one. */
const TAIL_MS = 200
/** A word counts as heard when there was voice within this distance: lost audio is lost words. */
const SLACK_MS = 60
/** A detector may cut an utterance at the very end of its last word. */
const AFTER_LAST_WORD_MS = 60

/** Sound that a client has kept for another session begins with so much silence at most: a later voice is a new one. */
const KEPT_QUIET_MS = 2_000

/** The utterance that is being spoken; `passed` counts the words whose end the audio has passed. */
interface Speaking {
  readonly words: readonly HeardWord[]
  readonly voiced: { startMs: number; endMs: number }[]
  passed: number
}

/** The first frames of a session's first speech, while it is not known whether another session has heard them. */
interface Beginning {
  readonly startMs: number
  readonly levels: number[]
  readonly voiced: { startMs: number; endMs: number }[]
}

/** The words that other sessions of the call had from these frames on, by times from the first; undefined if none had them. */
export type Recall = (levels: readonly number[]) => readonly HeardWord[] | undefined

/**
 * Detects speech by its energy and takes the words from the caller's script: each word of an announced utterance is
 * heard when the audio passes its end, if there was speech at that time.
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
  #isPaused = false
  /** The client sends voices alone: a noise that was announced may never come. */
  #isGated = false
  #recall: Recall | undefined
  #beginning: Beginning | undefined
  /** For the sessions after this one. */
  readonly memory = new HeardBefore()

  /** `recall`: the sound may be one that another session has heard; asked once, at the first speech. */
  constructor(rateHz: number, next: () => AnnouncedUtterance | undefined, recall?: Recall) {
    this.#next = next
    this.#recall = recall
    this.#frameSamples = (rateHz * FRAME_MS) / 1_000
    this.#frame = new Int16Array(this.#frameSamples)
  }

  /** Length of the audio so far. */
  get audioMs(): number {
    return this.#audioMs
  }

  /** Length of the current silence in the audio. */
  get silentMs(): number {
    return this.#audioMs - this.#lastVoicedMs
  }

  /** The caller has not said all announced words yet. */
  get expectsMore(): boolean {
    return this.wordsLeft.length > 0
  }

  /** The words of the utterance that is being spoken that are still to come. */
  get wordsLeft(): readonly HeardWord[] {
    return this.#current?.words.slice(this.#current.passed) ?? []
  }

  /** When the current or last speech began. */
  get voicedSinceMs(): number {
    return this.#firstVoicedMs
  }

  /** Takes audio; returns the words that it completed. */
  hear(pcm: Int16Array): readonly HeardWord[] {
    const heard: HeardWord[] = []
    for (let at = 0; at < pcm.length; ) {
      const taken = Math.min(this.#frameSamples - this.#filled, pcm.length - at)
      this.#frame.set(pcm.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled < this.#frameSamples) break
      this.#filled = 0
      this.memory.hear(this.#frame)
      heard.push(...this.#frameHeard(loudnessDb(this.#frame)))
    }
    return heard
  }

  /**
   * For clients that send no silence: the caller pauses, and with the next voice goes on with the next word. Returns the
   * words that end here.
   */
  pause(): readonly HeardWord[] {
    // The next sound begins with a frame of its own.
    this.#filled = 0
    const heard = this.hear(new Int16Array((this.#frameSamples * AFTER_LAST_WORD_MS) / FRAME_MS))
    if (!this.expectsMore) this.#current = undefined
    this.#isPaused = true
    this.#isGated = true
    return heard
  }

  #frameHeard(levelDb: number): readonly HeardWord[] {
    const voiced = levelDb > VOICED_DB
    if (voiced && this.#isPaused) {
      this.#isPaused = false
      const next = this.#current?.words[this.#current.passed]
      if (next && next.startMs > this.#audioMs)
        this.#audioMs += Math.floor((next.startMs - this.#audioMs) / FRAME_MS) * FRAME_MS
    }
    const startMs = this.#audioMs
    this.#audioMs += FRAME_MS
    if (voiced) {
      if (startMs - this.#lastVoicedMs > TAIL_MS) this.#firstVoicedMs = startMs
      this.#lastVoicedMs = this.#audioMs
    }
    if (startMs > KEPT_QUIET_MS && !this.#beginning) this.#recall = undefined
    if (this.#recall && (voiced || this.#beginning)) this.#recalled(this.#recall, startMs, levelDb)
    else if (voiced) {
      this.#current ??= this.#begin(startMs)
      if (this.#current) voice(this.#current.voiced, startMs)
    }
    return this.#current ? this.#wordsPassed(this.#current) : []
  }

  /** Gathers the first frames of the first speech, and asks whether they were heard before. */
  #recalled(recall: Recall, frameMs: number, levelDb: number): void {
    this.#beginning ??= { startMs: frameMs, levels: [], voiced: [] }
    const { startMs, levels, voiced } = this.#beginning
    levels.push(levelDb)
    if (levelDb > VOICED_DB) voice(voiced, frameMs)
    if (levels.length < FRAMES_TOLD_BY) return
    this.#recall = undefined
    this.#beginning = undefined
    const words = recall(levels)?.map(word => ({
      text: word.text,
      startMs: word.startMs + startMs,
      endMs: word.endMs + startMs,
    }))
    if (words) this.memory.place(words)
    this.#current = words ? { words, voiced, passed: 0 } : this.#begin(startMs, voiced)
  }

  #begin(atMs: number, voiced: Speaking['voiced'] = []): Speaking | undefined {
    let announced = this.#next()
    while (this.#isGated && announced?.words.length === 0) announced = this.#next()
    if (!announced) return undefined
    const offsetMs = atMs - announced.voicedFromMs
    const words = announced.words.map(word => ({
      ...word,
      startMs: word.startMs + offsetMs,
      endMs: word.endMs + offsetMs,
    }))
    this.memory.place(words)
    return { words, voiced, passed: 0 }
  }

  #wordsPassed(current: Speaking): readonly HeardWord[] {
    const heard: HeardWord[] = []
    for (
      let word = current.words[current.passed];
      word && word.endMs <= this.#audioMs;
      word = current.words[current.passed]
    ) {
      const { startMs, endMs } = word
      const sounded = current.voiced.some(span => span.startMs < endMs + SLACK_MS && span.endMs > startMs - SLACK_MS)
      if (sounded) heard.push(word)
      current.passed++
    }
    const lastMs = Math.max(current.words.at(-1)?.endMs ?? 0, this.#lastVoicedMs)
    if (current.passed === current.words.length && this.#audioMs - lastMs >= TAIL_MS) this.#current = undefined
    return heard
  }
}

/** Adds a voiced frame. */
function voice(spans: Speaking['voiced'], startMs: number): void {
  const span = spans.at(-1)
  if (span && span.endMs === startMs) span.endMs = startMs + FRAME_MS
  else spans.push({ startMs, endMs: startMs + FRAME_MS })
}
