import type {} from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Flite } from '../../flite/flite.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { errorBody } from './error-body.ts'
import type { Voice } from './speech.ts'
import { answerWithEvents } from './speech-events.ts'
import { holdSocket } from './speech-socket.ts'
import { pageOfVoices } from './voices.ts'

/** The agent's voice, whatever voice is asked for; callers have others. */
export const AGENT_VOICE = 'slt'

/**
 * Cartesia's speech, spoken by flite: the socket (`/tts/websocket`), server-sent events (`POST /tts/sse`), and the list of
 * voices (`GET /voices`).
 */
export function openCartesiaStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  return openStandIn(options, (app, faults, signal) => {
    const voice: Voice = {
      faults,
      clock,
      firstSoundMs: () => drawMs(profile.firstSound, chance),
      speak: (text, speechSignal, speed) => flite.synthesize(text, AGENT_VOICE, speechSignal, speed),
    }
    const preValidation = async (asked: FastifyRequest, reply: FastifyReply) => {
      const refused = refusalOf(asked) ?? faults.status()
      if (refused === undefined) return
      return typeof refused === 'number'
        ? reply.code(refused).send(errorBody('injected'))
        : reply.code(refused.status).send(errorBody(refused.why))
    }
    app.route({
      method: 'GET',
      url: '/tts/websocket',
      preValidation,
      handler: async (_asked, reply) => reply.code(426).send(errorBody('a WebSocket only')),
      wsHandler: socket => holdSocket(socket, voice, signal),
    })
    app.post('/tts/sse', { preValidation }, (asked, reply) => answerWithEvents(asked.body, reply, voice, signal))
    app.get('/voices', { preValidation }, async (asked, reply) => {
      const page = pageOfVoices(asked.query)
      return 'problem' in page ? reply.code(400).send(errorBody(page.problem)) : page
    })
  })
}

/** A key and an API version are asked of every request; only the socket takes them in its query. */
function refusalOf({ headers, query, url }: FastifyRequest): { status: number; why: string } | undefined {
  const isSocket = url.startsWith('/tts/websocket')
  const read = z.record(z.string(), z.unknown()).parse(query)
  const hasKey = /^Bearer .+/.test(headers.authorization ?? '') || (isSocket && (read.api_key || read.access_token))
  if (!hasKey) return { status: 401, why: 'no API key' }
  const hasVersion = headers['cartesia-version'] || (isSocket && read.cartesia_version)
  return hasVersion ? undefined : { status: 400, why: 'no cartesia-version' }
}
