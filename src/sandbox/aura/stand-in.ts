import type {} from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Flite } from '../../flite/flite.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { holdSocket, speechQuery, type Voice } from './speech-socket.ts'

/** The agent's voice, whatever voice is asked for; callers have others. */
export const AGENT_VOICE = 'slt'

/** Name, language, accent and character, as `GET /v1/models` tells them. They all sound alike: see AGENT_VOICE. */
const VOICES = [
  ['thalia', 'en', 'American', ['clear', 'confident']],
  ['apollo', 'en', 'American', ['comfortable', 'casual']],
  ['viktoria', 'de', 'German', ['warm']],
  ['celeste', 'es', 'Colombian', ['clear', 'energetic']],
] as const

const errorBody = (code: string, why: string): object => ({ err_code: code, err_msg: why, request_id: 'sandbox' })

/** Deepgram's Aura, spoken by flite: the speech socket (`/v1/speak`), and the list of models (`GET /v1/models`). */
export function openAuraStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  let sockets = 0
  return openStandIn(options, (app, faults, signal) => {
    const voice: Voice = {
      faults,
      clock,
      firstSoundMs: () => drawMs(profile.firstSound, chance),
      speak: (text, speechSignal, speed) => flite.synthesize(text, AGENT_VOICE, speechSignal, speed),
    }
    const preValidation = async ({ headers }: FastifyRequest, reply: FastifyReply) => {
      if (!/^token .+/i.test(headers.authorization ?? ''))
        return reply.code(401).send(errorBody('INVALID_AUTH', 'Invalid credentials.'))
      const status = faults.status()
      return status === undefined ? undefined : reply.code(status).send(errorBody('INJECTED', 'injected'))
    }
    app.route({
      method: 'GET',
      url: '/v1/speak',
      preValidation: async (asked, reply) => {
        const refused = await preValidation(asked, reply)
        if (refused) return refused
        const query = speechQuery.safeParse(asked.query)
        return query.success ? undefined : reply.code(400).send(errorBody('Bad Request', z.prettifyError(query.error)))
      },
      handler: async (_asked, reply) => reply.code(426).send(errorBody('UPGRADE_REQUIRED', 'a WebSocket only')),
      wsHandler: (socket, { query }) =>
        holdSocket(socket, speechQuery.parse(query), `sandbox-${++sockets}`, voice, signal),
    })
    app.get('/v1/models', { preValidation }, async () => ({
      stt: [],
      tts: VOICES.map(([name, language, accent, tags], i) => ({
        ...{ name, canonical_name: `aura-2-${name}-${language}`, architecture: 'aura-2', languages: [language] },
        ...{ version: '2026-01-01.0', uuid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}` },
        metadata: { accent, age: 'Adult', color: '#ffffff', image: '', sample: '', tags, use_cases: [] },
      })),
    }))
  })
}
