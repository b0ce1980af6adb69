import { once } from 'node:events'
import { z } from 'zod'
import { decodeWav } from '../../audio/wav.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { partsOf } from './form.ts'

const form = z.strictObject({
  file: z.instanceof(Buffer),
  model: z.string().min(1),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
  prompt: z.string().optional(),
  temperature: z.coerce.number().min(0).max(1).default(0),
  response_format: z.enum(['json', 'text', 'verbose_json']).default('json'),
})
const LEAST_S = 0.1
const MOST_BYTES = 25 * 1024 * 1024

export type WhisperStandInOptions = StandInOptions &
  HearsAnnounced & {
    /** Before `/audio/transcriptions`: `/v1`, or Groq's `/openai/v1`. */
    readonly path?: string
    /** Groq wants a key, a server of one's own does not. */
    readonly wantsKey?: boolean
    /** The only models that it has. Without them it takes any. */
    readonly models?: readonly string[]
    /** A server without `verbose_json`, such as that of OpenAI's newer models. */
    readonly isPlain?: boolean
  }

/**
 * A server of Whisper's (`/audio/transcriptions`), such as OpenAI's, Groq's, or one's own. It is sent an utterance at a time,
 * and none can name its call.
 */
export function openWhisperStandIn(options: WhisperStandInOptions): Promise<StandIn> {
  const { profile, clock, path = '/v1', wantsKey = false, models, isPlain = false } = options
  const { announced = openAnnouncedCalls(clock) } = options
  const chance = seeded(options.seed)

  return openStandIn(options, (app, faults, serverSignal) => {
    announced.addRoutes(app)
    app.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer', bodyLimit: MOST_BYTES },
      (_asked, body, done) => done(null, body),
    )
    app.get(`${path}/models`, async () => ({
      object: 'list',
      data: (models ?? ['whisper-1']).map(id => ({ id, object: 'model', created: 0, owned_by: 'sandbox' })),
    }))
    app.post(`${path}/audio/transcriptions`, async (asked, reply) => {
      if (wantsKey && !/^Bearer .+/.test(asked.headers.authorization ?? ''))
        return reply.code(401).send(refusal('Invalid API Key', 'invalid_api_key'))
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send(refusal('injected', 'injected'))
      const read = form.safeParse(partsOf(asked.headers['content-type'] ?? '', asked.body))
      if (!read.success) return reply.code(400).send(refusal(z.prettifyError(read.error), 'invalid_value'))
      const { file, model, language, temperature, response_format: format } = read.data
      if (models && !models.includes(model))
        return reply.code(404).send(refusal(`The model \`${model}\` does not exist`, 'model_not_found'))
      if (isPlain && format === 'verbose_json')
        return reply
          .code(400)
          .send(refusal(`response_format 'verbose_json' is not compatible with model '${model}'`, null))
      const wav = wavIn(file)
      if (!wav) return reply.code(400).send(refusal('could not process file - is it a valid media file?', null))
      const seconds = wav.pcm.length / wav.rateHz
      if (seconds < LEAST_S)
        return reply
          .code(400)
          .send(refusal('Audio file is too short. Minimum audio length is 0.1 seconds.', 'audio_too_short'))

      const scope = scopeOf(serverSignal)
      const { words, over } = announced.ask(undefined, wav.pcm, wav.rateHz)
      reply.raw.once('close', () => {
        scope.abort(new Error('the client has gone'))
        over(reply.raw.writableFinished ? 'answered' : 'given-up', serverSignal).catch(() => undefined)
      })
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      await clock.sleep(drawMs(profile.final, chance), scope.signal)
      const fate = line.fate()
      if (fate === 'stall') await once(scope.signal, 'abort')
      if (fate === 'drop' || fate === 'stall') return reply
      if (fate === 'malformed') return reply.type('application/json').send('{"text":')
      const text = words.map(word => word.text).join(' ')
      if (format === 'text') return reply.type('text/plain').send(text)
      if (format === 'json') return { text }
      return {
        ...{ task: 'transcribe', language: language ?? 'english', duration: seconds, text },
        segments: [
          {
            ...{ id: 0, seek: 0, start: 0, end: seconds, text: ` ${text}`, tokens: [], temperature },
            ...{ avg_logprob: -0.2, compression_ratio: 1.1, no_speech_prob: text === '' ? 0.95 : 0.01 },
          },
        ],
      }
    })
  })
}

function wavIn(file: Buffer) {
  try {
    return decodeWav(file)
  } catch {
    return undefined
  }
}

const refusal = (message: string, code: string | null): object => ({
  error: { message, type: 'invalid_request_error', param: null, code },
})
