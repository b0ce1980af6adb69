import type { CallerFrame, Clock, SpeechToText, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'

const RATE_HZ = 8_000
const FRAME_MS = 20
const SILENCE = new Int16Array((RATE_HZ * FRAME_MS) / 1_000)
/** A word is as many frames of its own level, and then silent ones. */
const WORD_FRAMES = 12
const GAP_FRAMES = 3
const LOUD = 4_000

/** A caller whose sound tells the words: each has a level of its own. `pause` is silence of so many frames. */
export function soundOf(
  words: readonly (string | { readonly pause: number })[],
  known: string[],
): readonly Int16Array[] {
  return words.flatMap(word => {
    if (typeof word !== 'string') return Array.from({ length: word.pause }, () => SILENCE)
    const frame = new Int16Array(SILENCE.length).fill(LOUD + known.push(word))
    return [...Array.from({ length: WORD_FRAMES }, () => frame), ...Array.from({ length: GAP_FRAMES }, () => SILENCE)]
  })
}

export const frameOf = (pcm: Int16Array, atMs: number): CallerFrame => ({ pcm, rateHz: RATE_HZ, atMs })

export interface WordEarsOptions {
  /** From this time of the clock on it is dead: it throws, hears nothing more, or refuses to open. */
  readonly deadFromMs?: number
  readonly dies?: 'throws' | 'deaf'
  /** Whether final words are dated. */
  readonly dates?: boolean
  readonly interims?: boolean
  readonly finalAfterMs?: number
}

/** Hears a word when most of its frames came, and makes words final at a flush or after a pause. */
export class WordEars implements SpeechToText {
  sessions = 0
  open = 0
  readonly #clock: Clock
  readonly #known: readonly string[]
  readonly #options: WordEarsOptions

  constructor(clock: Clock, known: readonly string[], options: WordEarsOptions = {}) {
    this.#clock = clock
    this.#known = known
    this.#options = options
  }

  get #isDead(): boolean {
    return this.#clock.now() >= (this.#options.deadFromMs ?? Number.POSITIVE_INFINITY)
  }

  async *transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<Transcript> {
    const { deadFromMs, dies = 'throws', dates = true, interims = true, finalAfterMs = 200 } = this.#options
    this.sessions++
    this.open++
    const out = new Queue<Transcript>(1_000)
    const end = (): void => out.close()
    signal.addEventListener('abort', end, { once: true })
    if (dies === 'throws' && deadFromMs !== undefined)
      this.#clock.sleep(deadFromMs - this.#clock.now(), signal).then(
        () => out.fail(new Error('died')),
        () => undefined,
      )
    const later = (ms: number, transcript: Transcript): void =>
      void this.#clock.sleep(ms, signal).then(
        () => {
          if (!this.#isDead) out.push(transcript)
        },
        () => undefined,
      )
    const hear = async (): Promise<void> => {
      let words: string[] = []
      let atMs = 0
      let level = 0
      let count = 0
      let quiet = 0
      let untilMs = 0
      const final = (): void => {
        later(finalAfterMs, { text: words.join(' '), final: true, ended: false, ...(dates && { untilMs }) })
        words = []
      }
      for await (const item of input) {
        if (signal.aborted) return
        if (item === 'flush') {
          if (words.length > 0) final()
          continue
        }
        atMs += FRAME_MS
        const sample = item.pcm[0] ?? 0
        if (sample === 0) {
          level = 0
          if (++quiet === 15 && words.length > 0) final()
          continue
        }
        quiet = 0
        count = sample === level ? count + 1 : 1
        level = sample
        // So much of a word must be heard.
        if (count !== Math.ceil(WORD_FRAMES * 0.75)) continue
        words.push(this.#known[sample - LOUD - 1] ?? '?')
        untilMs = atMs + FRAME_MS * (WORD_FRAMES - count)
        if (interims) later(100, { text: words.join(' '), final: false, ended: false })
      }
    }
    void hear()
    try {
      yield* out
    } finally {
      this.open--
      signal.removeEventListener('abort', end)
    }
  }
}
