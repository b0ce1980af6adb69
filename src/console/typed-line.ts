import type { Channel, Clock, Inbound, SpeechToText, SttInput, VoiceActivity } from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import { orAborted } from '../conversation/scope.ts'
import { replayedLine } from '../replay/replayed-line.ts'

/** A caller who types, and reads what the agent says as it would be heard. */
export interface TypedLine {
  readonly channel: Channel
  readonly speechToText: SpeechToText
  readonly voiceActivity: VoiceActivity
  typed(text: string): void
  hangUp(): void
}

export interface TypedLineParts {
  readonly clock: Clock
  readonly startMs: number
  /** Is told what was heard of a speech so far, and at last that it is over. */
  readonly onHeard: (heard: string, isOver: boolean) => void
}

export const TYPED_RATE_HZ = 24_000
const MOST_WAITING = 1_000

export function typedLine({ clock, startMs, onHeard }: TypedLineParts): TypedLine {
  const sent = new Queue<Inbound>(MOST_WAITING)
  async function* inbound(signal: AbortSignal): AsyncGenerator<Inbound> {
    const stop = (): void => sent.fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const some of sent) {
        yield some
        if (some.kind === 'gone') return
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const line = replayedLine({ clock, startMs, rateHz: TYPED_RATE_HZ, inbound, steps: [] })
  return {
    channel: {
      ...line,
      async *play(speech, signal) {
        let last = ''
        try {
          for await (const heard of line.play(speech, signal)) {
            last = heard.heard
            onHeard(last, false)
            yield heard
          }
        } finally {
          onHeard(last, true)
        }
      },
    },
    speechToText: { transcribe: nothing },
    voiceActivity: { detect: nothing },
    typed: text => sent.push({ kind: 'typed', text }),
    hangUp: () => sent.push({ kind: 'gone', why: 'the caller hung up' }),
  }

  /** Nobody speaks. */
  async function* nothing(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<never> {
    void drained(input)
    await orAborted(new Promise<never>(() => undefined), signal)
  }
}

async function drained(input: AsyncIterable<SttInput>): Promise<void> {
  for await (const _ of input);
}
