import type { CallerFrame, Clock, SttInput } from '../../conversation/ports.ts'
import type { LanguageModelProvider, SpeechToTextProvider, TextToSpeechProvider } from '../entry.ts'

const RATE_HZ = 8_000
const FRAME_MS = 20
/** A session that has taken so much silence without a failure works. */
const SILENCE_MS = 1_500
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

/** Has it listen to silence. */
export const probeSpeechToText =
  (provider: SpeechToTextProvider, language: string, clock: Clock): Probe =>
  async signal => {
    const ears = provider.forCall({ ...ABOUT, language, signal, rateHz: RATE_HZ })
    const session = new AbortController()
    const follow = (): void => session.abort(signal.reason)
    signal.addEventListener('abort', follow, { once: true })
    async function* silence(): AsyncGenerator<SttInput> {
      const pcm = new Int16Array((RATE_HZ * FRAME_MS) / 1_000)
      for (let ms = 0; ms < SILENCE_MS; ms += FRAME_MS) {
        const frame: CallerFrame = { pcm, rateHz: RATE_HZ, atMs: clock.now() }
        yield frame
        await clock.sleep(FRAME_MS, session.signal)
      }
      session.abort(DONE)
    }
    try {
      for await (const _transcript of ears.transcribe(silence(), session.signal));
    } catch (error) {
      if (session.signal.reason !== DONE) throw error
    } finally {
      signal.removeEventListener('abort', follow)
      session.abort(DONE)
    }
    signal.throwIfAborted()
  }

/** Shared, because creating an Error takes a stack trace. */
const DONE = new Error('the probe is over')
