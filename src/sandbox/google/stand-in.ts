import { once } from 'node:events'
import { createServer, type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2'
import { type Message, toJson } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { z } from 'zod'
import { Queue } from '../../conversation/queue.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import { type HearsAnnounced, openAnnouncedCalls, type ScriptedSession } from '../announced-calls.ts'
import { seeded } from '../chance.ts'
import type { HeardWord } from '../deepgram/scripted-transcripts.ts'
import type { FaultyLine } from '../faults.ts'
import { SpokenPhrases } from '../spoken-phrases.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { withHttp2 } from './both-protocols.ts'
import { speechService } from './service.ts'

/** A phrase is over after such a silence. */
const SILENCE_MS = 800
const MOST_AUDIO_BYTES = 25_600
const MOST_STREAM_MS = 5 * 60_000
const WITHOUT_REQUEST_MS = 10_000
const MOST_ANSWERS = 10_000
/** What a refusal with this HTTP status is in gRPC. */
const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  429: Code.ResourceExhausted,
  503: Code.Unavailable,
}
/** gRPC's length before a message that is none. */
const BROKEN = Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff])

const RECOGNIZER = /^projects\/[^/]+\/locations\/[a-z0-9-]+\/recognizers\/[^/]+$/
const first = z.object({
  recognizer: z.string().regex(RECOGNIZER, 'Invalid resource field value in the request.'),
  streamingConfig: z.object({
    config: z.object({
      explicitDecodingConfig: z.object({
        encoding: z.literal(1),
        sampleRateHertz: z.int().min(8_000).max(48_000),
        audioChannelCount: z.int().min(1).max(8).default(1),
      }),
      model: z.string().min(1),
      languageCodes: z.array(z.string().regex(/^[a-z]{2,3}-[A-Z]{2}$/)).min(1),
    }),
    streamingFeatures: z.object({ interimResults: z.boolean().default(false) }).default({ interimResults: false }),
  }),
})
const more = z.object({ audio: z.base64() })

/**
 * Cloud Speech v2: `StreamingRecognize`, by gRPC on the port of the stand-in's other routes. Its clients cannot name the call.
 * All streams of a connection are of one call.
 */
export function openGoogleStandIn(options: StandInOptions & HearsAnnounced): Promise<StandIn> {
  const { profile, clock, seed, announced = openAnnouncedCalls(options.clock) } = options
  const chance = seeded(seed)
  const service = speechService()
  return openStandIn(options, (app, faults, signal) => {
    announced.addRoutes(app)
    const connections = new WeakMap<
      Http2Session,
      { readonly scope: Scope; readonly line: FaultyLine; heard?: ScriptedSession }
    >()

    const server = createServer((request, response) => {
      const routes = connectNodeAdapter({
        ...{ connect: false, grpcWeb: false, readMaxBytes: 4 * 1024 * 1024 },
        routes: router =>
          void router.service(
            service,
            served(requests => recognize(requests, request, response)),
          ),
      })
      routes(request, response)
    })
    server.on('session', session => {
      const scope = scopeOf(signal)
      const drop = (): void => session.destroy()
      connections.set(session, { scope, line: faults.join(() => session.socket.destroy(), scope.signal) })
      signal.addEventListener('abort', drop, { once: true })
      session.on('error', drop)
      session.once('close', () => {
        signal.removeEventListener('abort', drop)
        connections
          .get(session)
          ?.heard?.end('lost', signal)
          .catch(() => undefined)
        scope.abort(new Error('the connection is over'))
      })
    })
    withHttp2(app.server, server)

    async function* recognize(
      requests: AsyncIterable<Message>,
      { headers, stream }: Http2ServerRequest,
      response: Http2ServerResponse,
    ): AsyncGenerator<object> {
      if (!headers['x-goog-api-key'] && !/^Bearer .+/.test(headers.authorization ?? ''))
        throw new ConnectError('Request is missing required authentication credential.', Code.Unauthenticated)
      const status = faults.status()
      if (status !== undefined) throw new ConnectError('injected', CODES[status] ?? Code.Internal)
      const connection = stream.session && connections.get(stream.session)
      if (!connection) throw new ConnectError('the connection is over', Code.Unavailable)
      const scope = scopeOf(connection.scope.signal)
      const answers = new Queue<object>(MOST_ANSWERS)
      stream.once('close', () => scope.abort(new Error('the stream is over')))
      const taking = take(requests, connection, answers, scope.signal)
      taking.catch(error => answers.fail(error))
      try {
        for await (const answer of answers) {
          switch (connection.line.fate()) {
            case 'send':
              yield answer
              break
            case 'malformed':
              response.stream.write(BROKEN)
              break
            case 'drop':
            case 'stall':
              if (!scope.signal.aborted) await once(scope.signal, 'abort')
              return
          }
        }
      } finally {
        scope.abort(new Error('the stream is over'))
      }
    }

    async function take(
      requests: AsyncIterable<Message>,
      connection: { heard?: ScriptedSession },
      answers: Queue<object>,
      lifetime: AbortSignal,
    ): Promise<void> {
      let phrases: SpokenPhrases | undefined
      let waiting = scopeOf(lifetime)
      const aborted = (why: string) => answers.fail(new ConnectError(why, Code.Aborted))
      const expectRequest = (): void => {
        waiting.abort(new Error('it came'))
        waiting = scopeOf(lifetime)
        clock.sleep(WITHOUT_REQUEST_MS, waiting.signal).then(
          () => aborted('Stream timed out after receiving no more client requests.'),
          () => undefined,
        )
      }
      clock.sleep(MOST_STREAM_MS, lifetime).then(
        () => aborted('Max duration of 5 minutes reached for stream.'),
        () => undefined,
      )
      expectRequest()
      for await (const request of requests) {
        expectRequest()
        const json = toJson(service.methods[0]?.input ?? never(), request)
        if (!phrases) {
          const read = first.safeParse(json)
          if (!read.success) throw new ConnectError(z.prettifyError(read.error), Code.InvalidArgument)
          const { config, streamingFeatures } = read.data.streamingConfig
          connection.heard ??= announced.join(undefined, config.explicitDecodingConfig.sampleRateHertz)
          phrases = phrasesOf(connection.heard, streamingFeatures.interimResults, answers, lifetime)
          continue
        }
        const read = more.safeParse(json)
        if (!read.success) throw new ConnectError('only audio may follow the configuration', Code.InvalidArgument)
        const bytes = Buffer.from(read.data.audio, 'base64')
        if (bytes.length > MOST_AUDIO_BYTES)
          throw new ConnectError(
            `Audio chunk can be of a maximum of ${MOST_AUDIO_BYTES} bytes. Received audio of ${bytes.length} bytes instead.`,
            Code.InvalidArgument,
          )
        phrases.hear(samplesIn(bytes))
      }
      waiting.abort(new Error('no more requests are expected'))
      if (phrases) phrases.end(() => answers.close())
      else throw new ConnectError('no configuration', Code.InvalidArgument)
    }

    function phrasesOf(
      { transcripts }: ScriptedSession,
      interims: boolean,
      answers: Queue<object>,
      lifetime: AbortSignal,
    ): SpokenPhrases {
      const fromMs = transcripts.audioMs
      const result = (words: readonly HeardWord[], isFinal: boolean): object => ({
        results: [
          {
            alternatives: [
              { transcript: words.map(({ text }) => text).join(' '), ...(isFinal && { confidence: 0.98 }) },
            ],
            ...{ isFinal, stability: isFinal ? 0 : 0.9, languageCode: 'en-us' },
            resultEndOffset: durationOf((words.at(-1)?.endMs ?? fromMs) - fromMs),
          },
        ],
      })
      const parts = { transcripts, profile, chance, clock, signal: lifetime, silenceMs: SILENCE_MS }
      return new SpokenPhrases(parts, {
        interim: words => interims && answers.push(result(words, false)),
        final: words => answers.push(result(words, true)),
      })
    }
  })
}

/** The library's types know only services whose code was generated. */
function served(
  streamingRecognize: (requests: AsyncIterable<Message>) => AsyncIterable<object>,
): Record<string, never> {
  return { streamingRecognize } as unknown as Record<string, never>
}

function never(): never {
  throw new Error('the description of the service is broken')
}

function durationOf(ms: number): object {
  const whole = Math.max(0, Math.round(ms))
  return { seconds: BigInt(Math.floor(whole / 1_000)), nanos: (whole % 1_000) * 1_000_000 }
}

function samplesIn(bytes: Buffer): Int16Array {
  const pcm = new Int16Array(bytes.length >> 1)
  for (let i = 0; i < pcm.length; i++) pcm[i] = bytes.readInt16LE(i * 2)
  return pcm
}
