import type { SpeechToText, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Scripted } from './scripted.ts'

/** A speech-to-text that transcribes what the test pushes, and counts what it was given. */
export class FakeSpeechToText implements SpeechToText {
  readonly words = new Scripted<Transcript>()
  /** The next sessions fail with these errors. */
  readonly refusals: Error[] = []
  sessions = 0
  frames = 0
  flushes = 0
  /** How many sessions still read the caller's sound. */
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
