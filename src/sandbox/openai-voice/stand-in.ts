import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { resample } from '../../audio/resample.ts'
import { encodeWav } from '../../audio/wav.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { Flite } from '../../flite/flite.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import type { FaultyLine } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'

/** The agent's voice, whatever voice is asked for; callers have others. */
export const AGENT_VOICE = 'slt'
const SENT_HZ = 24_000
const CHUNK_BYTES = 4_800

const EVERYWHERE = ['alloy', 'ash', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer'] as const
const NEWER = ['ballad', 'verse', 'marin', 'cedar'] as const
const OLDER_MODELS: readonly string[] = ['tts-1', 'tts-1-hd']

const request = z
  .strictObject({
    model: z.enum(['tts-1', 'tts-1-hd', 'gpt-4o-mini-tts', 'gpt-4o-mini-tts-2025-12-15']),
    input: z.string().min(1).max(4_096),
    voice: z.union([z.enum([...EVERYWHERE, ...NEWER]), z.strictObject({ id: z.string().startsWith('voice_') })]),
    instructions: z.string().max(4_096).optional(),
    response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).default('mp3'),
    speed: z.number().min(0.25).max(4).optional(),
    stream_format: z.enum(['sse', 'audio']).default('audio'),
  })
  .refine(({ model, stream_format }) => stream_format === 'audio' || !OLDER_MODELS.includes(model), {
    path: ['stream_format'],
    message: 'this model does not stream events',
  })
  .refine(({ model, voice }) => !OLDER_MODELS.includes(model) || EVERYWHERE.some(known => known === voice), {
    path: ['voice'],
    message: 'this model does not have this voice',
  })
type Request = z.output<typeof request>

const errorBody = (message: string, type: string, code: string | null, param: string | null = null): object => ({
  error: { message, type, param, code },
})

/** OpenAI's speech (`/audio/speech`, also below `/v1`), spoken by flite, as plain samples or WAV. */
export function openOpenAiVoiceStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  return openStandIn(options, (app, faults, serverSignal) => {
    async function answer({ headers, body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      if (!/^Bearer .+/.test(headers.authorization ?? ''))
        return reply
          .code(401)
          .send(errorBody('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'))
      const read = request.safeParse(body)
      if (!read.success) {
        const param = String(read.error.issues[0]?.path[0] ?? '')
        return reply
          .code(400)
          .send(errorBody(z.prettifyError(read.error), 'invalid_request_error', 'invalid_value', param))
      }
      const status = faults.status()
      if (status !== undefined)
        return reply
          .code(status)
          .send(errorBody('injected', status === 429 ? 'rate_limit_exceeded' : 'server_error', null))
      if (!['pcm', 'wav'].includes(read.data.response_format) || read.data.stream_format === 'sse')
        return reply.code(400).send(errorBody('the stand-in sends pcm or wav alone', 'invalid_request_error', null))
      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      reply.hijack()
      await stream(reply.raw, read.data, line, scope.signal).catch(error => {
        if (!scope.signal.aborted) reply.raw.destroy(error)
      })
      return reply
    }

    async function stream(
      response: ServerResponse,
      { input, response_format: format }: Request,
      line: FaultyLine,
      signal: AbortSignal,
    ): Promise<void> {
      const dueMs = clock.now() + drawMs(profile.firstSound, chance)
      const spoken = await flite.synthesize(input, AGENT_VOICE, signal)
      const pcm = resample(spoken.pcm, spoken.rateHz, SENT_HZ)
      const bytes =
        format === 'wav' ? Buffer.from(encodeWav({ pcm, rateHz: SENT_HZ, channels: 1 })) : Buffer.from(pcm.buffer)
      await clock.sleep(dueMs - clock.now(), signal)
      response.writeHead(200, { 'content-type': format === 'wav' ? 'audio/wav' : 'audio/pcm' })
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        switch (line.fate()) {
          case 'send':
            break
          case 'drop':
            return signal.throwIfAborted()
          case 'stall':
            await once(signal, 'abort')
            return signal.throwIfAborted()
          case 'malformed':
            // A chunk that is cut short: the connection is broken in the middle of a sample.
            response.write(bytes.subarray(at, at + 1))
            response.destroy()
            return
        }
        if (!response.write(bytes.subarray(at, at + CHUNK_BYTES))) await once(response, 'drain', { signal })
      }
      response.end()
    }

    app.post('/audio/speech', answer)
    app.post('/v1/audio/speech', answer)
  })
}
