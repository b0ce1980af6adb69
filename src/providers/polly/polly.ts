import { resampler } from '../../audio/resample.ts'
import type { AudioFrame, Clock, TextToSpeech, VoiceRateHz, Word } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { alignedWords, type Boundary } from '../clouds/aligned-words.ts'
import { byClause, type SpeakClause, soundless } from '../clouds/by-clause.ts'
import { type EstimatedWords, estimatedWords } from '../estimated-words.ts'
import { pcmReader } from '../pcm-reader.ts'
import { voiceFor } from './default-voices.ts'
import { POLLY, type PollyAccess, type SynthesizeSpeech, synthesized } from './polly-requests.ts'
import { marksIn } from './speech-marks.ts'

/** It has PCM at 8 and 16 kHz alone. */
const ASKED_HZ: Readonly<Record<VoiceRateHz, number>> = { 8000: 8_000, 24000: 16_000 }
/** No marks for its voices. */
const WITHOUT_MARKS = 'generative'

export interface PollySettings extends PollyAccess {
  readonly voiceId: string
  readonly engine: string
  readonly rateHz: VoiceRateHz
  readonly language: string
}

/** Amazon Polly, for one call. Each clause is two requests at once: one for the sound, one for the times of its words. */
export function polly(settings: PollySettings, clock: Clock, network: Network = systemNetwork): TextToSpeech {
  return {
    speak(text, signal, _, how) {
      const estimated = settings.engine === WITHOUT_MARKS ? estimatedWords(clock) : undefined
      const speak: SpeakClause = (...clause) =>
        spoken({ ...settings, speed: how?.speed }, estimated, clock, network, ...clause)
      return byClause(POLLY, text, speak, signal)
    },
  }
}

/** What the service has of the text, which is SSML where a speed is wanted of a voice that takes one. */
function textOf(text: string, engine: string, speed = 1): Pick<SynthesizeSpeech, 'Text' | 'TextType'> {
  if (speed === 1 || !takesSpeed(engine)) return { Text: text, TextType: 'text' }
  const said = text.replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;' })[sign] ?? '&gt;')
  const rate = Math.round(speed * 100)
  return { Text: `<speak><prosody rate="${rate}%">${said}</prosody></speak>`, TextType: 'ssml' }
}

/** The generative voices take only some of `prosody`, and the pages of AWS do not agree which. */
export const takesSpeed = (engine: string): boolean => engine !== WITHOUT_MARKS

async function spoken(
  settings: PollySettings & { readonly speed: number | undefined },
  estimated: EstimatedWords | undefined,
  clock: Clock,
  network: Network,
  ...[clause, beforeMs, put, signal]: Parameters<SpeakClause>
): Promise<number> {
  const { rateHz } = settings
  const { voiceId, engine, language } = settings
  const asked = {
    Engine: engine,
    VoiceId: voiceFor(voiceId, engine, language),
    ...textOf(clause, engine, settings.speed),
  }
  const request = (more: Pick<SynthesizeSpeech, 'OutputFormat' | 'SampleRate' | 'SpeechMarkTypes'>) =>
    synthesized(settings, { ...asked, ...more }, clock, network, signal)
  const say = (words: readonly Word[]): void => {
    if (words.length > 0 && !signal.aborted) put({ kind: 'words', words })
  }

  async function sound(heard: (frame: AudioFrame) => void): Promise<number> {
    const samplesOf = pcmReader()
    const resampled = resampler(ASKED_HZ[rateHz], rateHz)
    let samples = 0
    for await (const bytes of request({ OutputFormat: 'pcm', SampleRate: String(ASKED_HZ[rateHz]) })) {
      if (signal.aborted) break
      const pcm = resampled(samplesOf(bytes))
      samples += pcm.length
      if (pcm.length === 0) continue
      put({ kind: 'audio', frame: { pcm, rateHz } })
      heard({ pcm, rateHz })
    }
    if (samples === 0 && !signal.aborted) throw soundless(POLLY)
    return (samples / rateHz) * 1_000
  }

  if (estimated) {
    say(estimated.clause(clause))
    const ms = await sound(frame => say(estimated.sound(frame)))
    say(estimated.end())
    return beforeMs + ms
  }
  const aligned = alignedWords(clause)
  let last: Boundary | undefined
  async function marks(): Promise<void> {
    for await (const mark of marksIn(request({ OutputFormat: 'json', SpeechMarkTypes: ['word'] }))) {
      last = mark
      say(aligned.next({ text: mark.text, startMs: beforeMs + mark.startMs }))
    }
  }
  const [ms] = await Promise.all([sound(() => undefined), marks()])
  // Nothing else tells the end of a sound from a connection that was cut in good order.
  if (!signal.aborted && last && last.startMs > ms) {
    throw new ProviderError(POLLY, 'the sound broke off before its last word', { retryable: true })
  }
  say(aligned.end(beforeMs + ms))
  return beforeMs + ms
}
