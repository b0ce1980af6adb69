import type { SpeechToText, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Scripted } from './scripted.ts'

/** Ears that hear what the test tells them, and record what they were given. */
export class FakeSpeechToText implements SpeechToText {
  readonly words = new Scripted<Transcript>()
  /** Errors that the next sessions open with. */
  readonly refusals: Error[] = []
  sessions = 0
  frames = 0
  flushes = 0
  /** Readings of the caller's sound that have not come to their end. */
  reading = 0

  async *transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<Transcript> {
    this.sessions++
    const refusal = this.refusals.shift()
    if (refusal) throw refusal
    void this.#listen(input)
    yield* this.words.read(signal)
  }

  async #listen(input: AsyncIterable<SttInput>): Promise<void> {
    this.reading++
    for await (const sound of input) {
      if (sound === 'flush') this.flushes++
      else this.frames++
    }
    this.reading--
  }
}
