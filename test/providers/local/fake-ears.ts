import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../../src/conversation/ports.ts'
import { orAborted } from '../../../src/conversation/scope.ts'
import type { Ears } from '../../../src/providers/local/ears.ts'
import type { FakeClock } from '../../fakes/clock.ts'

export interface Asked {
  readonly kind: 'interim' | 'final'
  /** How much sound it was given. */
  readonly ms: number
  readonly pcm: Int16Array
  readonly signal: AbortSignal
}

/** Ears that hear what the test says, after a time that it says. An answer may be an error, or undefined for "no time". */
export class FakeEars {
  readonly asked: Asked[] = []
  tookMs = 100
  answer: (asked: Asked, count: number) => string | undefined | Error = ({ kind }, count) => `${kind} ${count}`
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  get ears(): Ears {
    const recognize = async (pcm: Float32Array | Int16Array, kind: 'interim' | 'final', signal: AbortSignal) => {
      const asked = { kind, ms: pcm.length / 16, pcm: Int16Array.from(pcm), signal }
      this.asked.push(asked)
      const answer = this.answer(asked, this.asked.length)
      if (answer !== undefined) await orAborted(this.#clock.sleep(this.tookMs, signal), signal)
      if (answer instanceof Error) throw answer
      return answer
    }
    return { recognize: recognize as Ears['recognize'], warm: async () => undefined, close: async () => undefined }
  }

  of(kind: 'interim' | 'final'): readonly Asked[] {
    return this.asked.filter(asked => asked.kind === kind)
  }
}

/** A detector that reports each of its events with the first frame that ends 200 ms after it, as the real one does. */
export function voiceAt(...events: readonly VoiceEvent[]): VoiceActivity {
  return {
    async *detect(audio: AsyncIterable<CallerFrame>) {
      const left = [...events]
      for await (const { atMs, pcm, rateHz } of audio) {
        const endMs = atMs + (pcm.length / rateHz) * 1_000
        const dueMs = (event: VoiceEvent): number =>
          200 + (event.kind === 'speech-start' ? event.firstVoicedMs : event.lastVoicedMs)
        for (let next = left[0]; next && dueMs(next) <= endMs; next = left[0]) yield left.shift() as VoiceEvent
      }
    },
  }
}

export const starts = (firstVoicedMs: number): VoiceEvent => ({ kind: 'speech-start', firstVoicedMs })
export const ends = (lastVoicedMs: number): VoiceEvent => ({ kind: 'speech-end', lastVoicedMs })
