import { z } from 'zod'
import { encodeWav } from '../../audio/wav.ts'
import type { Network } from '../../network.ts'
import { failed, failureIn } from '../chat/failure.ts'
import { beginningOf, jsonIn, refusal } from '../http-answer.ts'
import type { Segment } from './imagined.ts'

/** At which every server takes a WAV file: whisper.cpp's takes no other. */
export const WHISPER_HZ = 16_000
/** Groq's "flex tier capacity exceeded". */
const NO_CAPACITY = 498

export interface WhisperAccess {
  /** For people and for errors. */
  readonly title: string
  /** Nothing where the server wants none. */
  readonly apiKey: string | undefined
  /** With the version at its end, where the server has one. */
  readonly baseUrl: string
  readonly model: string
}

export interface Asked {
  readonly pcm: Int16Array
  /** ISO 639-1. */
  readonly language: string
  readonly traceparent: string | undefined
}

const figure = z.number().optional().catch(undefined)
const answer = z.object({
  text: z.string(),
  segments: z
    .array(z.object({ text: z.string(), no_speech_prob: figure, avg_logprob: figure, compression_ratio: figure }))
    .optional()
    .catch(undefined),
})

/**
 * Transcribes sound by an OpenAI-compatible server, one for all calls. Segments with their likelihoods are asked for; a
 * server that refuses that is not asked again. Throws ProviderError when it is refused, and what fetch throws.
 */
export function transcriptions({ title, apiKey, baseUrl, model }: WhisperAccess, { fetch }: Network) {
  let isPlain = false

  async function ask({ pcm, language, traceparent }: Asked, signal: AbortSignal): Promise<readonly Segment[]> {
    const wantsSegments = !isPlain
    const form = new FormData()
    const file = encodeWav({ pcm, rateHz: WHISPER_HZ, channels: 1 })
    form.set('file', new Blob([Uint8Array.from(file)], { type: 'audio/wav' }), 'utterance.wav')
    form.set('model', model)
    form.set('language', language)
    form.set('temperature', '0')
    form.set('response_format', wantsSegments ? 'verbose_json' : 'json')
    const response = await fetch(`${baseUrl.replace(/\/$/, '')}/audio/transcriptions`, {
      method: 'POST',
      headers: {
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...(traceparent !== undefined && { traceparent }),
      },
      body: form,
      signal,
    })
    const text = await beginningOf(response)
    if (response.ok) return segmentsIn(title, text)
    if (wantsSegments && isAboutFormat(text)) {
      isPlain = true
      return ask({ pcm, language, traceparent }, signal)
    }
    throw refusal(title, response.status === NO_CAPACITY ? 503 : response.status, text)
  }
  return ask
}

/** "Currently only support response_format `text` or `json`" comes with 400, and with 500 through a proxy. */
const isAboutFormat = (text: string): boolean => /response[_ ]formats?|verbose_json/i.test(text)

function segmentsIn(title: string, text: string): readonly Segment[] {
  const value = jsonIn(text)
  const failure = failureIn(value)
  if (failure) throw failed(title, failure)
  const read = answer.safeParse(value)
  if (!read.success) throw failed(title, { message: `its answer cannot be read: ${text.slice(0, 100)}` })
  const { segments = [] } = read.data
  if (segments.length === 0) return [{ text: read.data.text }]
  return segments.map(({ text, no_speech_prob, avg_logprob, compression_ratio }) => ({
    ...{ text, noSpeech: no_speech_prob, likelihood: avg_logprob, compression: compression_ratio },
  }))
}
