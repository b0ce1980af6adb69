import type {} from '@fastify/websocket'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { decodeMulaw } from '../../audio/mulaw.ts'
import { type AnnouncedCalls, type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { seeded } from '../chance.ts'
import type { Faults } from '../faults.ts'
import { parsed, samplesOf, socketLine } from '../socket-line.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { TranscriptionSession } from './session.ts'
import { type SessionUpdate, sessionUpdate } from './session-update.ts'

const SESSION_MS = 60 * 60_000
const PCM_HZ = 24_000
const PHONE_HZ = 8_000

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/)
const eventId = z.string().optional()
const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('session.update'), event_id: eventId, session: z.unknown() }),
  z.strictObject({ type: z.literal('input_audio_buffer.append'), event_id: eventId, audio: base64 }),
  z.strictObject({ type: z.literal('input_audio_buffer.commit'), event_id: eventId }),
  z.strictObject({ type: z.literal('input_audio_buffer.clear'), event_id: eventId }),
])

/** OpenAI's realtime transcription (`/v1/realtime?intent=transcription`). A session cannot name its call. */
export function openOpenAiEarsStandIn(options: StandInOptions & HearsAnnounced): Promise<StandIn> {
  const { clock, announced = openAnnouncedCalls(clock) } = options
  const chance = seeded(options.seed)

  return openStandIn(options, (app, faults, signal) => {
    announced.addRoutes(app)
    app.route<{ Querystring: { intent?: string; model?: string } }>({
      method: 'GET',
      url: '/v1/realtime',
      preValidation: async (asked, reply) => {
        if (!/^Bearer .+/.test(asked.headers.authorization ?? ''))
          return reply.code(401).send(refusal('Incorrect API key provided.', 'invalid_api_key'))
        const status = faults.status()
        if (status !== undefined) return reply.code(status).send(refusal('injected', 'injected'))
        if (asked.query.intent !== 'transcription' || asked.query.model !== undefined)
          return reply.code(400).send(refusal('This stand-in transcribes: intent=transcription, no model', 'bad_query'))
      },
      handler: async (_asked, reply) => reply.code(426).send(refusal('a WebSocket only', 'upgrade_required')),
      wsHandler: socket => serve(socket, { profile: options.profile, clock, chance, announced, faults, signal }),
    })
  })
}

type Parts = Pick<StandInOptions, 'profile' | 'clock'> & {
  readonly chance: () => number
  readonly announced: AnnouncedCalls
  readonly faults: Faults
  readonly signal: AbortSignal
}

function serve(socket: WebSocket, { profile, clock, chance, announced, faults, signal: serverSignal }: Parts): void {
  let session: { readonly settings: SessionUpdate; readonly hears: TranscriptionSession } | undefined
  let end: ReturnType<AnnouncedCalls['join']>['end'] | undefined
  let events = 0
  const line = socketLine(socket, faults, serverSignal, {
    broken: '{"type":"conversation.item.input_audio_transcription.delta","item_id":',
    onClosed: code => void end?.(code === 1006 ? 'lost' : 'over', serverSignal).catch(() => undefined),
  })
  const send = (event: object): void => line.send({ event_id: `event_${++events}`, ...event })
  const refuse = (text: string, code: string | null = null, type = 'invalid_request_error'): void =>
    send({ type: 'error', error: { type, code, message: text, param: null, event_id: null } })

  function update(asked: unknown): void {
    const read = sessionUpdate.safeParse(asked)
    if (!read.success) return refuse(z.prettifyError(read.error), 'invalid_value')
    const isPhone = read.data.audio.input.format.type === 'audio/pcmu'
    if (!session) {
      const joined = announced.join(undefined, isPhone ? PHONE_HZ : PCM_HZ)
      end = joined.end
      const parts = { transcripts: joined.transcripts, profile, chance, clock, send, signal: line.signal }
      session = { settings: read.data, hears: new TranscriptionSession(read.data, parts) }
    }
    send({ type: 'session.updated', session: { object: 'realtime.transcription_session', ...read.data } })
  }

  function receive(text: string): void {
    const read = message.safeParse(parsed(text))
    if (!read.success) return refuse(`Invalid event: ${z.prettifyError(read.error)}`, 'invalid_value')
    const event = read.data
    if (event.type === 'session.update') return update(event.session)
    if (!session) return refuse('A transcription session is updated first.', 'invalid_state')
    switch (event.type) {
      case 'input_audio_buffer.append': {
        const bytes = Buffer.from(event.audio, 'base64')
        const isPhone = session.settings.audio.input.format.type === 'audio/pcmu'
        return session.hears.hear(isPhone ? decodeMulaw(bytes) : samplesOf(bytes))
      }
      case 'input_audio_buffer.commit': {
        const refused = session.hears.commit()
        return refused === undefined ? undefined : refuse(refused, 'input_audio_buffer_commit_empty')
      }
      case 'input_audio_buffer.clear':
        return session.hears.clear()
    }
  }

  async function expire(): Promise<void> {
    await clock.sleep(SESSION_MS, line.signal)
    refuse('Your session hit the maximum duration of 60 minutes.', 'session_expired')
    socket.close(1001)
  }

  socket.on('message', (data: Buffer, isBinary) =>
    isBinary ? refuse('Binary messages are not supported.') : receive(String(data)),
  )
  send({ type: 'session.created', session: { object: 'realtime.transcription_session', type: 'transcription' } })
  expire().catch(() => undefined)
}

const refusal = (message: string, code: string): object => ({
  error: { message, type: 'invalid_request_error', param: null, code },
})
