import type { JournalLine } from '../conversation/lines.ts'
import { tokensOfLook } from './looks.ts'
import { NO_SOUND } from './prices.ts'

/** What a call has used so far, over all of its streams. */
export interface Used {
  readonly sttSeconds: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** Those of them that are sound. */
  readonly audio: { readonly input: number; readonly cached: number; readonly output: number }
  readonly characters: number
  /** What this machine did by itself. */
  readonly local: { readonly sttSeconds: number; readonly characters: number }
  /** The length of each stream. */
  readonly lineSeconds: readonly number[]
  readonly look: { readonly inputTokens: number; readonly outputTokens: number }
}

/** Adds up what a call uses, line by line. */
export class Tally {
  #sttSeconds = 0
  #inputTokens = 0
  #cachedTokens = 0
  #outputTokens = 0
  #audio: Used['audio'] = NO_SOUND
  #characters = 0
  #local = { sttSeconds: 0, characters: 0 }
  #look = { inputTokens: 0, outputTokens: 0 }
  readonly #lineSeconds: number[] = []
  /** Of the stream that goes on. */
  #sttOfStream = 0
  #lastMs = 0
  #isTold = false
  /** This machine hears this stream by itself. */
  #isHeardHere = false

  take(line: JournalLine): void {
    // Each stream counts its time from its own beginning.
    if (line.atMs < this.#lastMs) this.#endStream()
    this.#lastMs = line.atMs
    if ('noted' in line) {
      if (line.noted.kind === 'heard-by') this.#isHeardHere = line.noted.by === 'local'
      const { inputTokens, outputTokens } = tokensOfLook(line.noted)
      this.#look = {
        inputTokens: this.#look.inputTokens + inputTokens,
        outputTokens: this.#look.outputTokens + outputTokens,
      }
    }
    if (!('used' in line)) return
    switch (line.used.kind) {
      case 'stt-seconds':
        if (line.used.by === 'local') this.#local.sttSeconds += line.used.seconds
        else this.#sttSeconds += line.used.seconds
        this.#sttOfStream += line.used.seconds
        break
      case 'tokens':
        this.#inputTokens += line.used.input
        this.#cachedTokens += line.used.cached
        this.#outputTokens += line.used.output
        if (line.used.audio) this.#addAudio(line.used.audio)
        break
      case 'tts-characters':
        if (line.used.by === 'local') this.#local.characters += line.used.characters
        else this.#characters += line.used.characters
        break
      case 'carrier-seconds':
        this.#lineSeconds.push(line.used.seconds)
        this.#isTold = true
        break
      // What a draft cost is in the tokens and characters already.
      case 'draft-wasted':
        break
    }
  }

  /** A stream whose server was killed lasted until its last line. */
  used(): Used {
    return this.#with(this.#isTold ? [] : [Math.ceil(this.#lastMs / 1_000)], 0)
  }

  /**
   * The same while the stream goes on, `atMs` after its beginning. Speech-to-text is told when a session ends, and listens
   * all the time: what is not told yet is reckoned by the clock.
   */
  usedAt(atMs: number): Used {
    if (this.#isTold) return this.used()
    const seconds = Math.max(atMs, this.#lastMs) / 1_000
    return this.#with([Math.ceil(seconds)], Math.max(0, seconds - this.#sttOfStream))
  }

  #with(lineSeconds: readonly number[], untoldSeconds: number): Used {
    const { sttSeconds, characters } = this.#local
    const [here, elsewhere] = this.#isHeardHere ? [untoldSeconds, 0] : [0, untoldSeconds]
    return {
      sttSeconds: this.#sttSeconds + elsewhere,
      inputTokens: this.#inputTokens,
      cachedTokens: this.#cachedTokens,
      outputTokens: this.#outputTokens,
      audio: this.#audio,
      characters: this.#characters,
      local: { sttSeconds: sttSeconds + here, characters },
      lineSeconds: [...this.#lineSeconds, ...lineSeconds],
      look: this.#look,
    }
  }

  #addAudio({ input, cached, output }: Used['audio']): void {
    const sum = this.#audio
    this.#audio = { input: sum.input + input, cached: sum.cached + cached, output: sum.output + output }
  }

  #endStream(): void {
    if (!this.#isTold) this.#lineSeconds.push(Math.ceil(this.#lastMs / 1_000))
    this.#isTold = false
    this.#isHeardHere = false
    this.#sttOfStream = 0
  }
}
