import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../src/conversation/ports.ts'
import { Scripted } from './scripted.ts'

/** A detector that reports what the test pushes. */
export class FakeVoiceActivity implements VoiceActivity {
  readonly events = new Scripted<VoiceEvent>()
  frames = 0
  /** The highest sample that it was given. */
  loudest = 0
  reading = 0

  async *detect(audio: AsyncIterable<CallerFrame>, signal: AbortSignal): AsyncGenerator<VoiceEvent> {
    void this.#listen(audio)
    yield* this.events.read(signal)
  }

  async #listen(audio: AsyncIterable<CallerFrame>): Promise<void> {
    this.reading++
    for await (const { pcm } of audio) {
      this.frames++
      this.loudest = Math.max(this.loudest, ...pcm)
    }
    this.reading--
  }
}
