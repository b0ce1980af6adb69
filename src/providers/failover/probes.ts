import type { CallerFrame, Clock, SttInput } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { LanguageModelProvider, SpeechToTextProvider, TextToSpeechProvider } from '../entry.ts'
import { probeVoice } from './probe-voice.ts'

const RATE_HZ = 8_000
const FRAME_MS = 20
const SYLLABLES = 4
/** Before the voice and after it. */
const SILENCE_MS = 200
const ABOUT = { callId: 'probe', traceparent: undefined }

type Probe = (signal: AbortSignal) => Promise<void>

/** Asks for two words. */
export const probeLanguageModel =
  (provider: LanguageModelProvider, language: string): Probe =>
  async signal => {
    const model = provider.forCall({ ...ABOUT, language, signal })
    const history = [{ role: 'caller', text: 'Are you there?' }] as const
    for await (const _delta of model.reply({ instructions: 'Answer with "Yes."', history, tools: [] }, signal));
    signal.throwIfAborted()
  }

/** Has one word spoken. */
export const probeTextToSpeech =
  (provider: TextToSpeechProvider, language: string): Probe =>
  async signal => {
    const voice = provider.forCall({ ...ABOUT, language, signal, rateHz: RATE_HZ })
    async function* text(): AsyncGenerator<string> {
      yield 'Yes.'
    }
    let samples = 0
    for await (const made of voice.speak(text(), signal)) if (made.kind === 'audio') samples += made.frame.pcm.length
    signal.throwIfAborted()
    if (samples === 0) throw new Error('no sound')
  }

/**
 * Has it listen to a short voice, which ears that hear by utterance pass on where they say nothing of silence. It works if
 * it makes something final of it, be that no words at all, or has nothing to say to its end.
 */
export const probeSpeechToText =
  (provider: SpeechToTextProvider, language: string, clock: Clock): Probe =>
  async signal => {
    const ears = provider.forCall({ ...ABOUT, language, signal, rateHz: RATE_HZ })
    const session = scopeOf(signal)
    let isAllGiven = false
    async function* sound(): AsyncGenerator<SttInput> {
      for (const pcm of FRAMES) {
        const frame: CallerFrame = { pcm, rateHz: RATE_HZ, atMs: clock.now() }
        yield frame
        await clock.sleep(FRAME_MS, session.signal)
      }
      isAllGiven = true
      yield 'flush'
    }
    try {
      for await (const { final } of ears.transcribe(sound(), session.signal)) if (final && isAllGiven) return
    } finally {
      session.abort(DONE)
    }
    signal.throwIfAborted()
    if (!isAllGiven) throw new Error('it ended by itself')
  }

/** Shared, because creating an Error takes a stack trace. */
const DONE = new Error('the probe is over')

/** Detectors hear the silence around a voice, too. */
function* framesOf(voice: Int16Array): Generator<Int16Array, void, undefined> {
  const size = (RATE_HZ * FRAME_MS) / 1_000
  const silence = new Int16Array(size)
  for (let ms = 0; ms < SILENCE_MS; ms += FRAME_MS) yield silence
  for (let at = 0; at + size <= voice.length; at += size) yield voice.subarray(at, at + size)
  for (let ms = 0; ms < SILENCE_MS; ms += FRAME_MS) yield silence
}
const FRAMES = [...framesOf(probeVoice(SYLLABLES, RATE_HZ))]
