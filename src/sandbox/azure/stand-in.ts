import type {} from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { scopeOf } from '../../conversation/scope.ts'
import type { Flite } from '../../flite/flite.ts'
import { type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { AGENT_VOICE } from '../cartesia/stand-in.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import type { Faults } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { AzureHearing, type Refusal } from './hearing.ts'
import { AzureSpeaking } from './speaking.ts'
import { requestIn, type UspRequest } from './usp.ts'

/** The service ends every connection after ten minutes. */
const CONNECTION_MS = 10 * 60_000
const query = z.object({ language: z.string().regex(/^[a-z]{2,3}-[A-Z]{2}$/), format: z.enum(['simple', 'detailed']) })

const VOICES = [
  ['en-US-AvaMultilingualNeural', 'Ava Multilingual', 'en-US', 'Female'],
  ['en-US-GuyNeural', 'Guy', 'en-US', 'Male'],
  ['de-DE-KatjaNeural', 'Katja', 'de-DE', 'Female'],
  ['es-ES-ElviraNeural', 'Elvira', 'es-ES', 'Female'],
].map(([ShortName = '', DisplayName, Locale, Gender]) => ({
  ...{ Name: `Microsoft Server Speech Text to Speech Voice (${ShortName})`, DisplayName, LocalName: DisplayName },
  ...{ ShortName, Gender, Locale, SampleRateHertz: '24000', VoiceType: 'Neural', Status: 'GA' },
}))

/** One connection, as the service serves it. */
interface Service {
  take(request: UspRequest, isBinary: boolean): Refusal | undefined
}
interface Line {
  send(data: string | Buffer): void
  close(refusal: Refusal): void
  readonly signal: AbortSignal
}
type Opens = (line: Line) => { readonly service: Service; readonly over?: (code: number) => void }

/**
 * Azure Speech: transcription (`/stt/speech/universal/v2`, and the older path of containers) and voices (`/tts/cognitiveservices/websocket/v1`), both by the
 * WebSocket protocol of the vendor's SDK. Its clients cannot name the call.
 */
export function openAzureStandIn(options: StandInOptions & HearsAnnounced, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed, announced = openAnnouncedCalls(options.clock) } = options
  const chance = seeded(seed)
  return openStandIn(options, (app, faults, signal) => {
    announced.addRoutes(app)

    const preValidation = async (asked: FastifyRequest, reply: FastifyReply) => {
      const read = z.record(z.string(), z.unknown()).parse(asked.query)
      // Browsers cannot set headers on a WebSocket: for them all of these may be in the query.
      const given = Object.fromEntries(
        Object.entries({ ...read, ...asked.headers }).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]),
      )
      if (!given['ocp-apim-subscription-key'] && !/^Bearer .+/.test(given.authorization ?? ''))
        return reply.code(401).send()
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send()
      if (!given['x-connectionid']) return reply.code(400).send('X-ConnectionId is missing')
      const isWrong = !asked.url.startsWith('/tts/') && !query.safeParse(read).success
      return isWrong ? reply.code(400).send('Specified language is not supported.') : undefined
    }
    app.get('/tts/cognitiveservices/voices/list', async (asked, reply) =>
      asked.headers['ocp-apim-subscription-key'] ? VOICES : reply.code(401).send(),
    )
    const serve = (url: string, open: Opens): void => {
      app.route({
        ...{ method: 'GET', url, preValidation },
        handler: async (_asked, reply) => reply.code(426).send('a WebSocket only'),
        wsHandler: socket => hold(socket, faults, signal, open),
      })
    }

    const hearing: Opens = ({ send, signal: lifetime }) => {
      const join = (rateHz: number) => announced.join(undefined, rateHz)
      const service = new AzureHearing({ join, profile, chance, clock, send, signal: lifetime })
      const over = (code: number): void => {
        service.session?.end(code === 1006 ? 'lost' : 'over', signal).catch(() => undefined)
      }
      return { service, over }
    }
    serve('/stt/speech/universal/v2', hearing)
    serve('/speech/recognition/conversation/cognitiveservices/v1', hearing)
    serve('/tts/cognitiveservices/websocket/v1', ({ send, close, signal: lifetime }) => {
      const firstSoundMs = (): number => drawMs(profile.firstSound, chance)
      const speak = (text: string, speech: AbortSignal) => flite.synthesize(text, AGENT_VOICE, speech)
      return { service: new AzureSpeaking({ speak, firstSoundMs, clock, send, close, signal: lifetime }) }
    })
  })

  function hold(socket: WebSocket, faults: Faults, serverSignal: AbortSignal, open: Opens): void {
    const scope = scopeOf(serverSignal)
    const fault = faults.join(() => socket.terminate(), scope.signal)
    const { service, over } = open({
      signal: scope.signal,
      close: ({ code, why }) => socket.close(code, why.slice(0, 100)),
      send(data) {
        if (socket.readyState !== socket.OPEN) return
        switch (fault.fate()) {
          case 'send':
            return socket.send(data)
          case 'malformed':
            return socket.send('Path:turn')
          case 'drop':
          case 'stall':
            return
        }
      },
    })
    clock.sleep(CONNECTION_MS, scope.signal).then(
      () => socket.close(1000, 'the longest time of a connection is over'),
      () => undefined,
    )
    socket.on('message', (data: Buffer, isBinary) => {
      const request = requestIn(data, isBinary)
      const refusal = request ? service.take(request, isBinary) : { code: 1002, why: 'not a message of the protocol' }
      if (refusal) socket.close(refusal.code, refusal.why.slice(0, 100))
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', code => {
      scope.abort(new Error('the connection is over'))
      over?.(code)
    })
  }
}
