import type {} from '@fastify/websocket'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { decodeMulaw } from '../../audio/mulaw.ts'
import { type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { seeded } from '../chance.ts'
import { parsed, samplesOf, socketLine } from '../socket-line.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { AssemblyAiSession, type SessionQuery } from './session.ts'

const LEAST_MS = 50
const MOST_MS = 1_000

const onOff = z.enum(['true', 'false']).transform(text => text === 'true')
const ms = z.string().regex(/^\d+$/).transform(Number)
const share = z.coerce.number().min(0).max(1)
const MODELS = [
  ...['universal-streaming-english', 'universal-streaming-multilingual', 'whisper-rt'],
  ...['u3-rt-pro', 'universal-3-5-pro', 'universal-3-6', 'universal-3-6-pro'],
] as const
const query = z.strictObject({
  speech_model: z.enum(MODELS),
  sample_rate: ms.pipe(z.number().min(1)),
  encoding: z.enum(['pcm_s16le', 'pcm_mulaw']).default('pcm_s16le'),
  format_turns: onOff.default(false),
  session_heartbeat: onOff.default(false),
  end_of_turn_confidence_threshold: share.optional(),
  min_turn_silence: ms.default(400),
  max_turn_silence: ms.default(1_280),
  language_codes: z.string().optional(),
  inactivity_timeout: ms.optional(),
})
const control = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ForceEndpoint') }),
  z.strictObject({ type: z.literal('KeepAlive') }),
  z.strictObject({ type: z.literal('Terminate') }),
  z.looseObject({ type: z.literal('UpdateConfiguration') }),
])

/**
 * AssemblyAI's Universal-Streaming (`/v3/ws`). As there, a wrong key or setting is told on the open socket, by an Error
 * message and a close with its code. A session cannot name its call.
 */
export function openAssemblyAiStandIn(options: StandInOptions & HearsAnnounced): Promise<StandIn> {
  const { profile, clock, announced = openAnnouncedCalls(clock) } = options
  const chance = seeded(options.seed)

  return openStandIn(options, (app, faults, serverSignal) => {
    announced.addRoutes(app)
    app.route({
      method: 'GET',
      url: '/v3/ws',
      preValidation: async (_asked, reply) => {
        const status = faults.status()
        if (status !== undefined) return reply.code(status).send({ error: 'injected' })
      },
      handler: async (_asked, reply) => reply.code(426).send({ error: 'a WebSocket only' }),
      wsHandler: (socket, asked) => {
        if ((asked.headers.authorization ?? '') === '')
          return end(socket, 1008, 'Unauthorized Connection: Missing Authorization header')
        const read = query.safeParse(asked.query)
        if (!read.success) return end(socket, 3006, `Invalid Connection Parameters: ${z.prettifyError(read.error)}`)
        const { encoding, sample_rate: rateHz } = read.data
        const { transcripts, end: over } = announced.join(undefined, rateHz)
        const { send, signal } = socketLine(socket, faults, serverSignal, {
          broken: '{"type":"Turn","turn_order":',
          onClosed: code => void over(code === 1006 ? 'lost' : 'over', serverSignal).catch(() => undefined),
        })
        const parts = { transcripts, profile, chance, clock, send, signal }
        const session = new AssemblyAiSession(settingsOf(read.data), parts)

        function hear(data: Buffer): void {
          const pcm = encoding === 'pcm_mulaw' ? decodeMulaw(data) : samplesOf(data)
          const lengthMs = (pcm.length / rateHz) * 1_000
          if (lengthMs >= LEAST_MS && lengthMs <= MOST_MS) session.hear(pcm)
          else end(socket, 3007, `Input duration violation: ${lengthMs} ms. Expected between 50 and 1000 ms`)
        }

        function receive(text: string): void {
          const value = parsed(text)
          if (value === undefined) return end(socket, 3006, `Invalid JSON: ${text.slice(0, 100)}`)
          const message = control.safeParse(value)
          if (!message.success) return end(socket, 3006, `Invalid Message Type: ${text.slice(0, 100)}`)
          if (message.data.type === 'ForceEndpoint') session.forceEndpoint()
          if (message.data.type !== 'Terminate') return
          session.terminate()
          socket.close(1000)
        }

        socket.on('message', (data: Buffer, isBinary) => (isBinary ? hear(data) : receive(String(data))))
      },
    })
  })
}

const isThird = (model: string): boolean => /^u(?:niversal-)?3/.test(model)

const settingsOf = (read: z.infer<typeof query>): SessionQuery => ({
  minTurnSilenceMs: read.min_turn_silence,
  maxTurnSilenceMs: read.max_turn_silence,
  formatsTurns: read.format_turns,
  // Older models do not know it.
  heartbeats: read.session_heartbeat && isThird(read.speech_model),
  isFormatted: isThird(read.speech_model),
})

const LONGEST_REASON = 123

/** An Error message, and the close with its code. */
function end(socket: WebSocket, code: number, error: string): void {
  socket.send(JSON.stringify({ type: 'Error', error_code: code, error }))
  socket.close(code, Buffer.byteLength(error) > LONGEST_REASON ? 'See Error message for details' : error)
}
