import { DeepgramClient } from '@deepgram/sdk'
import { z } from 'zod'
import type { Clock, SpeechToText, Transcript } from '../conversation/ports.ts'
import { type BySpeaker, speakersIn } from '../conversation/turn/speakers.ts'
import { type Network, systemNetwork } from '../network.ts'
import { SDK_LIMIT_MS } from './stall.ts'
import { type SttEvents, type SttSocket, sttSessions } from './stt-session.ts'

/** On one line. */
const MOST_SPEAKERS = 20
/** Of a session, which is shorter than a day: a greater number is no time, and its milliseconds may be no number. */
const seconds = z.number().nonnegative().max(86_400)
const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('UtteranceEnd') }),
  z.object({
    type: z.literal('Results'),
    is_final: z.boolean().default(false),
    speech_final: z.boolean().default(false),
    channel: z.object({
      alternatives: z.array(
        z.object({
          transcript: z.string(),
          // A word without times must not discard the others.
          words: z
            .array(
              z.object({
                start: seconds.optional().catch(undefined),
                end: seconds,
                word: z.string().optional().catch(undefined),
                punctuated_word: z.string().optional().catch(undefined),
                speaker: z.int().min(0).max(MOST_SPEAKERS).optional().catch(undefined),
              }),
            )
            .optional()
            .catch(undefined),
        }),
      ),
    }),
    start: seconds.optional().catch(undefined),
    duration: seconds.optional().catch(undefined),
  }),
])

export interface DeepgramSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly rateHz: number
  /** BCP 47, of the caller. Default: English. */
  readonly language?: string
  /** Sent with the session, so that the service's records can be matched with ours. */
  readonly callId: string
  /** Who of several people has said what is told, too. */
  readonly speakers?: boolean
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** What the sockets of both Deepgram API versions have in common. */
interface SdkSocket {
  on(event: 'open', then: () => void): void
  on(event: 'message', then: (data: unknown) => void): void
  on(event: 'close', then: (event: { readonly code?: number; readonly reason?: string }) => void): void
  on(event: 'error', then: (error: Error) => void): void
}

/** Reports the socket's end. A refused handshake emits `close` first, and then `error` with the reason. */
export function watchEnd(socket: SdkSocket, { failed }: SttEvents): void {
  let isOpen = false
  socket.on('open', () => {
    isOpen = true
  })
  socket.on('close', event => isOpen && failed(`closed with ${event.code} ${event.reason}`, true))
  socket.on('error', error => failed(error.message, !/\b40[0-4]\b/.test(error.message), error))
}

export const tracedBy = ({ traceparent }: Pick<DeepgramSettings, 'traceparent'>): Record<string, string> =>
  traceparent === undefined ? {} : { traceparent }

export const clientOf = ({ apiKey, baseUrl }: DeepgramSettings, { agent }: Network): DeepgramClient =>
  new DeepgramClient({ apiKey, baseUrl: baseUrl.replace(/^http/, 'ws'), ...(agent && { agent }) })

/** Deepgram's live transcription (nova-3), for one call. */
export function deepgram(settings: DeepgramSettings, clock: Clock, network: Network = systemNetwork): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    { provider: 'Deepgram', rateHz, sentMs: 40, connect: events => connect(settings, network, events) },
    clock,
  )
}

async function connect(settings: DeepgramSettings, network: Network, events: SttEvents): Promise<SttSocket> {
  const socket = await clientOf(settings, network).listen.v1.connect({
    model: 'nova-3',
    language: settings.language ?? 'en',
    encoding: 'linear16',
    sample_rate: settings.rateHz,
    channels: 1,
    interim_results: 'true',
    endpointing: 300,
    utterance_end_ms: 1_000,
    smart_format: 'false',
    punctuate: 'true',
    // "Um" before a pause shows that the caller will go on.
    queryParams: { filler_words: 'true', ...(settings.speakers && { diarize_model: 'latest' }) },
    extra: `call:${settings.callId}`,
    // The SDK would reconnect silently and lose the sound in between.
    reconnectAttempts: 0,
    connectionTimeoutInSeconds: SDK_LIMIT_MS / 1_000,
    Authorization: `Token ${settings.apiKey}`,
    headers: tracedBy(settings),
  })
  watchEnd(socket, events)
  /** Words that are not final. */
  let interim = ''
  socket.on('message', data => {
    const read = message.safeParse(data)
    // Messages of other types are not needed, and a broken one cannot be used.
    if (!read.success) return events.heard()
    // It has no words, so those that are not final yet stand: their final result may be lost.
    if (read.data.type === 'UtteranceEnd') return events.heard({ text: interim, final: interim === '', ended: true })
    const { channel, is_final, speech_final, start, duration } = read.data
    const [best] = channel.alternatives
    const untilS =
      best?.words?.at(-1)?.end ?? (start === undefined || duration === undefined ? undefined : start + duration)
    const until = untilS === undefined || !is_final ? {} : { untilMs: untilS * 1_000 }
    interim = is_final ? '' : (best?.transcript ?? '')
    events.heard({
      text: best?.transcript ?? '',
      final: is_final,
      ended: speech_final,
      ...until,
      ...saidBy(best),
      ...timed(best),
    })
  })
  return {
    open() {
      socket.connect()
      return socket.waitForOpen()
    },
    sound: pcm => socket.sendMedia(pcm),
    flush: () => socket.sendFinalize({ type: 'Finalize' }),
    keepAlive: () => socket.sendKeepAlive({ type: 'KeepAlive' }),
    close: () => socket.close(),
  }
}

type Alternative =
  z.infer<typeof message> extends infer M ? (M extends { channel: { alternatives: (infer A)[] } } ? A : never) : never

/** Nothing where a word has no speaker, or the words are not the text. */
function saidBy(best: Alternative | undefined): BySpeaker {
  const words = best?.words?.map(({ word = '', punctuated_word: text = word, speaker }) => ({ text, speaker })) ?? []
  const told = words.flatMap(({ text, speaker }) => (speaker === undefined ? [] : [{ text, speaker }]))
  const isWhole = told.length > 0 && words.map(({ text }) => text).join(' ') === best?.transcript.trim()
  return isWhole && told.length === words.length ? { speakers: speakersIn(told) } : {}
}

/** When each word was said; nothing where one has no time, or the words are not the text. */
function timed(best: Alternative | undefined): Pick<Transcript, 'words'> {
  const words = best?.words?.flatMap(({ word = '', punctuated_word: text = word, start, end }) =>
    start === undefined ? [] : [{ text, startMs: start * 1_000, endMs: end * 1_000 }],
  )
  return words && words.length > 0 && words.map(({ text }) => text).join(' ') === best?.transcript.trim()
    ? { words }
    : {}
}
