import type { Delivery, Manner } from '../../src/conversation/delivery.ts'
import type { Clock, ReplyPart, Speech, TextToSpeech, Word } from '../../src/conversation/ports.ts'
import { untilAborted } from './scripted.ts'

export const MS_PER_CHARACTER = 60
const RATE_HZ = 8_000

/** How long the fake voice speaks a text, in ms. */
export const spokenMs = (text: string): number =>
  text.split(/\s+/).reduce((sum, word) => sum + (word === '' ? 0 : (word.length + 1) * MS_PER_CHARACTER), 0)

/** A voice at a constant pace: each word lasts 60 ms a character, and 60 ms for the space. */
export class FakeVoice implements TextToSpeech {
  firstAudioMs = 100
  /** Each piece of text takes one of these errors and fails with it. */
  readonly failures: Error[] = []
  /** After each piece of text it goes on for this long, with sound that nobody asked for. */
  runsOnMs = 0
  /** Pieces of text for which it makes no sound. */
  readonly mute = new Set<string>()
  readonly pieces: { readonly text: string; readonly atMs: number }[] = []
  /** In which manner each piece was to be said. */
  readonly manners: (Manner | undefined)[] = []
  speaking = 0
  aborted = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async *speak(
    text: AsyncIterable<string>,
    signal: AbortSignal,
    _of?: ReplyPart,
    how?: Delivery,
  ): AsyncGenerator<Speech> {
    this.speaking++
    let atMs = 0
    try {
      for await (const piece of untilAborted(text, signal)) {
        this.pieces.push({ text: piece, atMs: this.#clock.now() })
        this.manners.push(how?.manner)
        const failure = this.failures.shift()
        if (failure) throw failure
        if (this.mute.has(piece.trim())) continue
        if (atMs === 0) await this.#clock.sleep(this.firstAudioMs, signal)
        for (const word of piece.split(/\s+/).filter(some => some !== '')) {
          const lengthMs = spokenMs(word)
          const utterance: Word = { text: word, startMs: atMs, endMs: atMs + lengthMs }
          atMs = utterance.endMs
          yield { kind: 'words', words: [utterance] }
          yield { kind: 'audio', frame: { pcm: new Int16Array((lengthMs / 1_000) * RATE_HZ), rateHz: RATE_HZ } }
        }
        for (let ms = 0; ms < this.runsOnMs; ms += 100)
          yield { kind: 'audio', frame: { pcm: new Int16Array(RATE_HZ / 10), rateHz: RATE_HZ } }
      }
      signal.throwIfAborted()
    } finally {
      this.speaking--
      if (signal.aborted) this.aborted++
    }
  }
}
