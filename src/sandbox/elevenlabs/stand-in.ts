import type {} from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Flite } from '../../flite/flite.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { holdSocket, type Voice } from './multi-context.ts'
import { socketQuery } from './request.ts'
import { openVoices } from './voices.ts'

/** The agent's voice, whatever voice is asked for; callers have others. */
export const AGENT_VOICE = 'slt'
const VOICE_ID = /^[A-Za-z0-9]{20}$/
const MOST_FORM_BYTES = 64 * 1024 * 1024

/** The body of a refusal. */
const detail = (status: string, message: string): object => ({ detail: { status, message } })

/**
 * ElevenLabs' speech, spoken by flite: the multi-context socket, the list of voices (`GET /v2/voices`), and a voice made of
 * samples (`POST /v1/voices/add`).
 */
export function openElevenLabsStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  const voices = openVoices()
  return openStandIn(options, (app, faults, signal) => {
    const voice: Voice = {
      faults,
      clock,
      firstSoundMs: () => drawMs(profile.firstSound, chance),
      speak: (text, speechSignal) => flite.synthesize(text, AGENT_VOICE, speechSignal),
    }
    const preValidation = async ({ headers }: FastifyRequest, reply: FastifyReply) => {
      if (!headers['xi-api-key'])
        return reply.code(401).send(detail('missing_api_key', 'You need to provide an API key.'))
      const status = faults.status()
      return status === undefined ? undefined : reply.code(status).send(detail('injected', 'injected'))
    }
    app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_asked, body, done) => done(null, body))
    app.route({
      method: 'GET',
      url: '/v1/text-to-speech/:voiceId/multi-stream-input',
      preValidation: async (asked, reply) => {
        const refused = await preValidation(asked, reply)
        if (refused) return refused
        const { voiceId } = z.object({ voiceId: z.string() }).parse(asked.params)
        const query = socketQuery.safeParse(asked.query)
        if (!query.success) return reply.code(400).send(detail('invalid_request', z.prettifyError(query.error)))
        return VOICE_ID.test(voiceId)
          ? undefined
          : reply.code(404).send(detail('voice_not_found', `A voice with the voice_id ${voiceId} was not found.`))
      },
      handler: async (_asked, reply) => reply.code(426).send(detail('upgrade_required', 'a WebSocket only')),
      wsHandler: (socket, { query }) => holdSocket(socket, socketQuery.parse(query), voice, signal),
    })
    app.get('/v2/voices', { preValidation }, async ({ query }, reply) => {
      return voices.page(query) ?? reply.code(422).send({ detail: [{ msg: 'the query cannot be read' }] })
    })
    app.post('/v1/voices/add', { preValidation, bodyLimit: MOST_FORM_BYTES }, async ({ headers, body }, reply) => {
      if (!Buffer.isBuffer(body)) return reply.code(422).send({ detail: [{ msg: 'Field required' }] })
      const type = headers['content-type'] ?? ''
      const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
      const name = form.get('name')
      const files = form.getAll('files')
      if (typeof name !== 'string' || name === '' || files.length === 0)
        return reply.code(422).send({ detail: [{ loc: ['body', 'files'], msg: 'Field required' }] })
      if (files.some(file => typeof file === 'string' || file.size === 0))
        return reply.code(400).send(detail('invalid_sample', 'A sample has no sound.'))
      const description = form.get('description')
      return voices.clone(name, typeof description === 'string' ? description : null)
    })
  })
}
