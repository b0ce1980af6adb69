import type { CallerFrame, Clock, VoiceActivity } from '../../../src/conversation/ports.ts'
import type { Ears } from '../../../src/providers/local/ears.ts'
import { localEars } from '../../../src/providers/local/local-ears.ts'
import { LINE_RATE_HZ } from '../../../src/sandbox/caller/fixture.ts'

const FRAME = LINE_RATE_HZ / 50

/** What the ears made of a piece of a call. */
export interface Hearing {
  readonly text: string
  /** Each recognition of a whole utterance: its sound and how long it took. */
  readonly finals: readonly { readonly soundMs: number; readonly tookMs: number }[]
}

/**
 * Gives a piece of a call to the local ears as a call does, voice activity and all, but as fast as it is taken. There are
 * no interims: they change no final. `clock` measures.
 */
export async function hear(
  line: Int16Array,
  ears: Ears,
  voiceActivity: VoiceActivity,
  clock: Clock,
  signal: AbortSignal,
): Promise<Hearing> {
  const finals: { soundMs: number; tookMs: number }[] = []
  async function recognize(pcm16k: Float32Array | Int16Array, kind: 'interim' | 'final', own: AbortSignal) {
    if (kind === 'interim') return undefined
    const beganMs = clock.now()
    const text = await ears.recognize(pcm16k, 'final', own)
    finals.push({ soundMs: pcm16k.length / 16, tookMs: clock.now() - beganMs })
    return text
  }
  const timed = { ...ears, recognize: recognize as Ears['recognize'] }
  const session = localEars({ ears: timed, rateHz: LINE_RATE_HZ, voiceActivity }, clock)
  const texts: string[] = []
  for await (const { text, final } of session.transcribe(framesOf(line), signal)) if (final) texts.push(text)
  return { text: texts.join(' ').trim(), finals }
}

async function* framesOf(line: Int16Array): AsyncGenerator<CallerFrame> {
  for (let at = 0; at + FRAME <= line.length; at += FRAME)
    yield { pcm: line.subarray(at, at + FRAME), rateHz: LINE_RATE_HZ, atMs: (at / LINE_RATE_HZ) * 1_000 }
}
