import type { Span } from '../../src/conversation/own-sound.ts'
import type { Channel, Clock, Heard, Inbound, Next, Speech, VoiceLevel, Word } from '../../src/conversation/ports.ts'
import { Scripted, untilAborted } from './scripted.ts'

const STEP_MS = 250

/** One speech as the caller heard it. */
export interface Played {
  readonly fromMs: number
  readonly toMs: number
  readonly heard: string
  readonly left: string
  readonly aborted: boolean
}

/** A line in virtual time: audio lasts as long as its samples do. A test pushes frames, digits and `gone`. */
export class FakeChannel implements Channel {
  readonly rateHz = 8_000
  readonly person = new Scripted<Inbound>()
  readonly closed: Next[] = []
  readonly played: Played[] = []
  /** The levels that were set, in order. */
  readonly levels: VoiceLevel[] = []
  /** What `echo` returns. */
  echoLikeness = 0
  /** What `ownShare` returns. */
  share: number | undefined
  /** What `ownEach` returns for each word. */
  each: number | null = null
  /** The arguments of `echo`. */
  readonly echoAskedMs: number[] = []
  playing = 0
  /** How long the line takes to fall silent after an abort. */
  fallSilentMs = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  inbound = (signal: AbortSignal): AsyncIterable<Inbound> => this.person.read(signal)

  async *play(speech: AsyncIterable<Speech>, signal: AbortSignal): AsyncGenerator<Heard> {
    const words: Word[] = []
    let heardMs = 0
    let fromMs: number | undefined
    const told = (): Heard & { readonly left: string } => {
      const text = (some: readonly Word[]): string => some.map(word => word.text).join(' ')
      const inTime = (word: Word): boolean => word.endMs <= heardMs
      return { heard: text(words.filter(inTime)), left: text(words.filter(word => !inTime(word))), heardMs }
    }
    if (++this.playing > 1) throw new Error('two speeches at once on one line')
    try {
      for await (const made of untilAborted(speech, signal)) {
        if (made.kind === 'words') {
          words.push(...made.words)
          continue
        }
        await this.#unheld(signal)
        if (fromMs === undefined && !signal.aborted) {
          fromMs = this.#clock.now()
          yield told()
        }
        const { pcm, rateHz } = made.frame
        for (let leftMs = (pcm.length / rateHz) * 1_000; leftMs > 0 && !signal.aborted; leftMs -= STEP_MS) {
          await this.#unheld(signal)
          const beforeMs = this.#clock.now()
          await this.#clock.sleep(Math.min(STEP_MS, leftMs), signal).catch(() => undefined)
          heardMs += this.#clock.now() - beforeMs
          yield told()
        }
      }
      if (signal.aborted) await this.#clock.sleep(this.fallSilentMs, new AbortController().signal)
      const { heard, left } = told()
      const toMs = this.#clock.now()
      if (fromMs === undefined) return
      this.played.push({ fromMs, toMs, heard, left, aborted: signal.aborted })
      yield told()
    } finally {
      this.playing--
    }
  }

  /** Waits while the voice is held, as the line does. */
  async #unheld(signal: AbortSignal): Promise<void> {
    while (this.levels.at(-1) === 'held' && !signal.aborted)
      await this.#clock.sleep(STEP_MS, signal).catch(() => undefined)
  }

  voice(level: VoiceLevel): void {
    this.levels.push(level)
  }

  echo(sinceMs: number): number {
    this.echoAskedMs.push(sinceMs)
    return this.echoLikeness
  }

  ownShare(): number | undefined {
    return this.share
  }

  ownEach(spans: readonly Span[]): readonly (number | null)[] {
    return spans.map(() => this.each)
  }

  async close(next: Next): Promise<void> {
    this.closed.push(next)
  }
}
