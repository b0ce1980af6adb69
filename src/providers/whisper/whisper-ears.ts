import type { Clock, SpeechToText, VoiceActivity } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import type { ProviderCall } from '../entry.ts'
import { broken } from '../http-answer.ts'
import { byUtterance, type UtteranceEars, type UtteranceSound } from '../utterance/by-utterance.ts'
import { saidWords } from './imagined.ts'
import { transcriptions, WHISPER_HZ, type WhisperAccess } from './transcription.ts'

/** Less voice than this is a click, in which Whisper hears whole sentences. */
const LEAST_VOICE_MS = 150
/** It hears 30 s at once. */
const LONGEST_MS = 25_000
const FINAL_WITHIN_MS = 6_000
/**
 * After a server's fault the same sound is sent once more, or while a request hangs for so long: whichever is answered first
 * is taken, since a small server may just be slow. Who is told to wait is not asked again.
 */
const SLOW_MS = 2_500
const IS_TOLD_TO_WAIT = /: 429 /

export interface WhisperParts {
  readonly voiceActivity: VoiceActivity
  readonly network: Network
  /** Recognise an utterance while it goes on, again and again or once: each time is a request. */
  readonly interims: 'on' | 'once' | 'off'
}

type Call = Pick<ProviderCall, 'language' | 'traceparent'> & { readonly rateHz: number }

/**
 * Whisper, or another model of an OpenAI-compatible server (`/audio/transcriptions`), by utterance; one for all calls. What
 * it makes up under silence and noise is refused.
 */
export function whisper(
  access: WhisperAccess,
  { voiceActivity, network, interims }: WhisperParts,
  clock: Clock,
): { forCall(call: Call): SpeechToText } {
  const ask = transcriptions(access, network)
  const asProviderError = (error: unknown): ProviderError =>
    error instanceof ProviderError ? error : broken(access.title, error)

  return {
    forCall({ language: spoken, traceparent, rateHz }) {
      const { language } = new Intl.Locale(spoken)

      async function final({ pcm, voiceMs }: UtteranceSound, signal: AbortSignal): Promise<string> {
        if (voiceMs < LEAST_VOICE_MS) return ''
        const own = scopeOf(signal)
        const request = async (): Promise<string> =>
          saidWords(await ask({ pcm, language, traceparent }, own.signal), voiceMs)
        try {
          const first = request()
          const slow = quietFor(SLOW_MS, clock, own.signal).then(() => undefined)
          const words = await Promise.race([first, slow]).catch(error => {
            signal.throwIfAborted()
            const failure = asProviderError(error)
            if (!failure.retryable || IS_TOLD_TO_WAIT.test(failure.message)) throw failure
            return undefined
          })
          return words ?? (await Promise.any([request(), first]))
        } catch (error) {
          signal.throwIfAborted()
          throw asProviderError(error instanceof AggregateError ? error.errors[0] : error)
        } finally {
          own.abort(new Error('the words are there'))
        }
      }

      /** An interim that fails is none, unless it is refused for good: the final one tells whether the server is gone. */
      async function interim(pcm: Int16Array, signal: AbortSignal): Promise<string | undefined> {
        try {
          const segments = await ask({ pcm, language, traceparent }, signal)
          return saidWords(segments, (pcm.length / WHISPER_HZ) * 1_000)
        } catch (error) {
          signal.throwIfAborted()
          const failure = asProviderError(error)
          if (!failure.retryable) throw failure
          return undefined
        }
      }

      const ears: UtteranceEars = {
        ...{ rateHz: WHISPER_HZ, longestMs: LONGEST_MS, finalWithinMs: FINAL_WITHIN_MS, final, asProviderError },
        ...(interims !== 'off' && { interim, interimsOnce: interims === 'once' }),
      }
      return byUtterance({ ears, rateHz, voiceActivity }, clock)
    },
  }
}
