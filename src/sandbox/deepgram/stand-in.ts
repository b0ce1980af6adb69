import type {} from '@fastify/websocket'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { decodeMulaw } from '../../audio/mulaw.ts'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { seeded } from '../chance.ts'
import type { Faults } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { FluxSession, fluxThresholds } from './flux-session.ts'
import { DeepgramSession, type SessionQuery } from './nova-session.ts'
import type { ScriptedTranscripts } from './scripted-transcripts.ts'

const onOff = z.enum(['true', 'false']).transform(text => text === 'true')
const ms = z.string().regex(/^\d+$/).transform(Number)
const query = z.object({
  model: z.string().min(1),
  encoding: z.enum(['linear16', 'mulaw']),
  sample_rate: ms.pipe(z.number().min(8_000).max(48_000)),
  channels: z.literal('1').default('1'),
  interim_results: onOff.default(false),
  endpointing: z.union([ms, z.literal('false').transform(() => Number.POSITIVE_INFINITY)]).default(10),
  utterance_end_ms: ms.optional(),
  vad_events: onOff.default(false),
  punctuate: onOff.default(false),
  smart_format: onOff.default(false),
  filler_words: onOff.default(false),
  diarize: onOff.default(false),
  /** The second one is not for streams. */
  diarize_model: z.enum(['latest', 'v1']).optional(),
  extra: z.union([z.string(), z.array(z.string())]).default([]),
})
const fluxQuery = z
  .object({
    model: z.enum(['flux-general-en', 'flux-general-multi']),
    encoding: z.enum(['linear16', 'mulaw']),
    sample_rate: ms.pipe(z.number().min(8_000).max(48_000)),
    tag: z.union([z.string(), z.array(z.string())]).default([]),
  })
  .and(fluxThresholds)
const control = z.object({ type: z.enum(['KeepAlive', 'Finalize', 'CloseStream']) })
const fluxControl = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Configure'), thresholds: z.looseObject({}).default({}) }),
  z.object({ type: z.literal('CloseStream') }),
])

const QUIET_LIMIT_MS = 10_000

/** A session's handlers for what its client sends. */
interface Session {
  hear(pcm: Int16Array): void
  /** Handles a text message. Returns the close code, `none` to close without a code, or undefined to stay open. */
  receive(message: unknown): number | 'none' | undefined
}

/** What a session is made of. */
interface SessionParts {
  readonly transcripts: ScriptedTranscripts
  readonly send: (message: object) => void
  readonly signal: AbortSignal
}

/**
 * Deepgram's live transcription: nova (`/v1/listen`) and Flux (`/v2/listen`). The session's `extra=call:TAG`, or
 * `tag=call:TAG` for Flux, names the call whose words were announced.
 */
export function openDeepgramStandIn(options: StandInOptions & HearsAnnounced): Promise<StandIn> {
  const { announced = openAnnouncedCalls(options.clock) } = options
  const chance = seeded(options.seed)

  return openStandIn(options, (app, faults, signal) => {
    announced.addRoutes(app)

    function listenAt<Query extends { encoding: 'linear16' | 'mulaw'; sample_rate: number }>(
      url: string,
      query: z.ZodType<Query>,
      tagsOf: (query: Query) => string | string[],
      open: (query: Query, parts: SessionParts) => Session,
    ): void {
      app.route({
        method: 'GET',
        url,
        preValidation: async (asked, reply) => {
          if (!/^(Token|Bearer) .+/.test(asked.headers.authorization ?? '')) {
            return reply.code(401).send({ err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.' })
          }
          const status = faults.status()
          if (status !== undefined) return reply.code(status).send({ err_msg: 'injected' })
          const read = query.safeParse(asked.query)
          if (!read.success)
            return reply.code(400).send({ err_code: 'Bad Request', err_msg: z.prettifyError(read.error) })
        },
        handler: async (_asked, reply) => reply.code(426).send({ err_msg: 'a WebSocket only' }),
        wsHandler: (socket, asked) => {
          const read = query.parse(asked.query)
          const tag = [tagsOf(read)]
            .flat()
            .find(text => text.startsWith('call:'))
            ?.slice('call:'.length)
          const { transcripts, end } = announced.join(tag, read.sample_rate)
          const { encoding } = read
          const openFor = (send: SessionParts['send'], scope: AbortSignal) =>
            open(read, { transcripts, send, signal: scope })
          serve(socket, { encoding, faults, onClosed: how => end(how, signal), open: openFor }, options.clock, signal)
        },
      })
    }

    const { profile, clock } = options
    listenAt(
      '/v1/listen',
      query,
      ({ extra }) => extra,
      (read, { transcripts, send, signal }) => {
        const settings: SessionQuery = {
          interims: read.interim_results,
          endpointingMs: read.endpointing,
          utteranceEndMs: read.utterance_end_ms,
          vadEvents: read.vad_events,
          punctuates: read.punctuate || read.smart_format,
          fillers: read.filler_words,
          diarizes: read.diarize || read.diarize_model !== undefined,
          model: read.model,
        }
        const session = new DeepgramSession(settings, transcripts, profile, chance, clock, send, signal)
        return {
          hear: pcm => session.hear(pcm),
          receive(message) {
            const asked = control.safeParse(message)
            if (!asked.success) return 1008
            if (asked.data.type === 'Finalize') session.finalize()
            if (asked.data.type !== 'CloseStream') return undefined
            session.end()
            return 1000
          },
        }
      },
    )
    listenAt(
      '/v2/listen',
      fluxQuery,
      ({ tag }) => tag,
      (read, { transcripts, send, signal }) => {
        const session = new FluxSession(read, transcripts, profile, chance, clock, send, signal)
        return {
          hear: pcm => session.hear(pcm),
          receive(message) {
            const asked = fluxControl.safeParse(message)
            if (asked.success && asked.data.type === 'Configure') {
              session.configure(asked.data.thresholds)
              return undefined
            }
            if (asked.success) session.end()
            else session.refuse()
            return 'none'
          },
        }
      },
    )
  })
}

interface ConnectionOptions {
  readonly encoding: 'linear16' | 'mulaw'
  readonly faults: Faults
  readonly onClosed: (how: 'lost' | 'over') => Promise<void>
  readonly open: (send: SessionParts['send'], signal: AbortSignal) => Session
}

function serve(
  socket: WebSocket,
  { encoding, faults, onClosed, open }: ConnectionOptions,
  clock: Clock,
  serverSignal: AbortSignal,
): void {
  const scope = scopeOf(serverSignal)
  let receivedAtMs = clock.now()
  const line = faults.join(() => socket.terminate(), scope.signal)

  function send(message: object): void {
    if (socket.readyState !== socket.OPEN) return
    switch (line.fate()) {
      case 'send':
        return socket.send(JSON.stringify(message))
      case 'malformed':
        return socket.send('{"type":"Results","channel"')
      case 'drop':
      case 'stall':
        return
    }
  }

  const session = open(send, scope.signal)

  async function watch(): Promise<void> {
    while (clock.now() - receivedAtMs < QUIET_LIMIT_MS)
      await clock.sleep(receivedAtMs + QUIET_LIMIT_MS - clock.now(), scope.signal)
    socket.close(1011, 'NET-0001')
  }

  socket.on('message', (data: Buffer, isBinary) => {
    receivedAtMs = clock.now()
    if (isBinary) return session.hear(encoding === 'mulaw' ? decodeMulaw(data) : samplesOf(data))
    const code = session.receive(parsed(String(data)))
    if (code === 'none') socket.close()
    else if (code !== undefined) socket.close(code, code === 1008 ? 'DATA-0000' : '')
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', code => {
    scope.abort(new Error('the session is over'))
    // After a drop the same call may open another session.
    onClosed(code === 1006 ? 'lost' : 'over').catch(() => undefined)
  })
  watch().catch(() => undefined)
}

function samplesOf(data: Buffer): Int16Array {
  const pcm = new Int16Array(data.length >> 1)
  for (let i = 0; i < pcm.length; i++) pcm[i] = data.readInt16LE(i * 2)
  return pcm
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
