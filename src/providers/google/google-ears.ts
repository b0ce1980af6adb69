import { create, type Message, toJson } from '@bufbuild/protobuf'
import { Code, ConnectError, type Transport } from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { z } from 'zod'
import type { Clock, SpeechToText } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { localeOf } from '../clouds/locale.ts'
import { inStretches, type Stretch, type StretchEvents, type StretchWire } from '../clouds/stretches.ts'
import { sttSessions } from '../stt-session.ts'
import type { GoogleCredentials } from './credentials.ts'
import { LINEAR16, STREAMING_RECOGNIZE } from './speech-service.ts'

export const GOOGLE = 'Google Cloud Speech'
const SENT_MS = 100
/** The service ends a stream after five minutes, in whatever word. */
const STREAM_MS = 4 * 60_000
const MOST_MESSAGE_BYTES = 1024 * 1024
/** The service refuses messages with more. */
const MOST_AUDIO_BYTES = 15_000
/** Half a minute of sound that the network does not take. */
const MOST_UNSENT = 1_000
/** What gRPC's codes are in HTTP, as Google's own documentation has them. */
const STATUS: Readonly<Partial<Record<Code, number>>> = {
  [Code.InvalidArgument]: 400,
  [Code.FailedPrecondition]: 400,
  [Code.Unauthenticated]: 401,
  [Code.PermissionDenied]: 403,
  [Code.NotFound]: 404,
  [Code.ResourceExhausted]: 429,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
  [Code.DeadlineExceeded]: 504,
}
const FOR_GOOD: readonly Code[] = [
  ...[Code.InvalidArgument, Code.FailedPrecondition, Code.Unauthenticated, Code.PermissionDenied],
  ...[Code.NotFound, Code.Unimplemented],
]
/** A stream was as long as it may be, or had no sound for long: another one goes on. */
const OVER: readonly Code[] = [Code.Aborted, Code.OutOfRange]

const response = z.object({
  results: z
    .array(
      z.object({
        alternatives: z.array(z.object({ transcript: z.string().default('') })).default([]),
        isFinal: z.boolean().default(false),
        resultEndOffset: z.string().default('0s'),
      }),
    )
    .default([]),
})

export interface GoogleEarsSettings {
  readonly credentials: GoogleCredentials
  readonly baseUrl: string
  readonly projectId: string
  /** `global`, `eu`, `us`, or a region. */
  readonly region: string
  readonly model: string
  readonly rateHz: number
  readonly language: string
  readonly traceparent?: string | undefined
}

/** Google's live transcription (Cloud Speech v2), for one call. */
export function googleEars(settings: GoogleEarsSettings, clock: Clock, network: Network = systemNetwork): SpeechToText {
  const { rateHz } = settings
  return sttSessions(
    {
      ...{ provider: GOOGLE, rateHz, sentMs: SENT_MS },
      connect: async events => inStretches(googleWire(settings, clock, network), clock, events),
    },
    clock,
  )
}

/** The default address is that of the global service; other places have their name before it. */
export function addressOf({ baseUrl, region }: Pick<GoogleEarsSettings, 'baseUrl' | 'region'>): string {
  const url = new URL(baseUrl)
  if (url.hostname === 'speech.googleapis.com' && region !== 'global') url.hostname = `${region}-speech.googleapis.com`
  return url.toString().replace(/\/$/, '')
}

/** One HTTP/2 connection for a session; each stretch is a stream on it. */
function googleWire(settings: GoogleEarsSettings, clock: Clock, { agent }: Network): StretchWire {
  const { rateHz, projectId, region, traceparent } = settings
  const baseUrl = addressOf(settings)
  const recognizer = `projects/${projectId}/locations/${region}/recognizers/_`
  const { protocol, hostname, port } = new URL(baseUrl)
  const sessions = new Http2SessionManager(baseUrl, undefined, {
    ...(agent && {
      createConnection() {
        const socket = agent.createConnection({ host: hostname, port: port || (protocol === 'http:' ? 80 : 443) })
        if (!socket) throw new Error('the network gives no connection')
        return socket
      },
    }),
  })
  const transport = createGrpcTransport({
    ...{ baseUrl, sessionManager: sessions, readMaxBytes: MOST_MESSAGE_BYTES },
    // Words are short.
    acceptCompression: [],
  })
  const headers = (): Readonly<Record<string, string>> => ({
    ...settings.credentials.headers(clock),
    'x-goog-request-params': `recognizer=${encodeURIComponent(recognizer)}`,
    ...(traceparent !== undefined && { traceparent }),
  })
  const first = requestOf({
    recognizer,
    streamingRequest: { case: 'streamingConfig', value: configOf(settings) },
  })

  return {
    rateHz,
    mostMs: STREAM_MS,
    open: () => Promise.resolve(),
    begin(events): Stretch {
      const scope = new AbortController()
      const requests = new Queue<Message>(MOST_UNSENT)
      requests.push(first)
      run(transport, headers(), requests, events, scope.signal).catch(error => fail(error, events, scope.signal))
      return {
        sound(pcm) {
          if (requests.isFull) return events.failed('more sound waits than can be sent', true)
          const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)
          for (let at = 0; at < bytes.length; at += MOST_AUDIO_BYTES) {
            const value = bytes.subarray(at, at + MOST_AUDIO_BYTES)
            requests.push(requestOf({ streamingRequest: { case: 'audio', value } }))
          }
        },
        end: () => requests.close(),
        drop() {
          requests.close()
          scope.abort(new Error('nobody listens any more'))
        },
      }
    },
    close: () => sessions.abort(new Error('the session is closed')),
  }
}

async function run(
  transport: Transport,
  headers: Readonly<Record<string, string>>,
  requests: AsyncIterable<Message>,
  events: StretchEvents,
  signal: AbortSignal,
): Promise<void> {
  const { message } = await transport.stream(STREAMING_RECOGNIZE, signal, undefined, headers, requests)
  for await (const one of message) {
    const read = response.safeParse(toJson(STREAMING_RECOGNIZE.output, one))
    if (!read.success) return events.failed('words that cannot be read', true, read.error)
    take(read.data, events)
  }
  events.ended('answered')
}

/** A message has at most one final result, and what is not final yet in pieces. */
function take({ results }: z.output<typeof response>, events: StretchEvents): void {
  const textOf = (final: boolean): string =>
    results
      .filter(({ isFinal }) => isFinal === final)
      .map(({ alternatives }) => alternatives[0]?.transcript ?? '')
      .join('')
      .trim()
  const final = results.findLast(({ isFinal }) => isFinal)
  if (final)
    events.heard({ text: textOf(true), final: true, ended: true }, Number.parseFloat(final.resultEndOffset) * 1_000)
  const interim = textOf(false)
  if (interim !== '') events.heard({ text: interim, final: false, ended: false })
  else if (!final) events.heard()
}

function fail(error: unknown, events: StretchEvents, signal: AbortSignal): void {
  if (signal.aborted) return
  const { code, rawMessage } = ConnectError.from(error)
  if (OVER.includes(code)) return events.ended('torn')
  const name = Code[code]
  const status = STATUS[code] ?? 500
  events.failed(`${status} ${name}: ${rawMessage}`, !FOR_GOOD.includes(code), error)
}

const requestOf = (init: Record<string, unknown>): Message => create(STREAMING_RECOGNIZE.input, init)

const configOf = ({ model, language, rateHz }: GoogleEarsSettings): object => ({
  config: {
    decodingConfig: {
      case: 'explicitDecodingConfig',
      value: { encoding: LINEAR16, sampleRateHertz: rateHz, audioChannelCount: 1 },
    },
    ...{ model, languageCodes: [localeOf(language)] },
    features: { enableAutomaticPunctuation: true },
  },
  streamingFeatures: { interimResults: true },
})
