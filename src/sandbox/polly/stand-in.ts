import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { Flite, Spoken } from '../../flite/flite.ts'
import { AGENT_VOICE } from '../cartesia/stand-in.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import type { FaultyLine } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { answerPieces, type Refusal, refusalOf, type SpeechRequest, saidOf, speechRequest, VOICES } from './speech.ts'

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=[^/\s]+\/\d{8}\/[a-z0-9-]+\/polly\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/
/** The most voices in one answer. */
const PAGE = 10
/** What an injected status is called. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'InvalidSignatureException',
  404: 'ResourceNotFoundException',
  429: 'TooManyRequestsException',
  503: 'ServiceUnavailableException',
}

/** Amazon Polly's `SynthesizeSpeech` (`POST /v1/speech`): raw sound, and the marks of its words; and its voices. Signatures are not proved. */
export function openPollyStandIn(options: StandInOptions, flite: Flite): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  return openStandIn(options, (app, faults, signal) => {
    app.get<{ Querystring: { readonly NextToken?: string } }>('/v1/voices', async (asked, reply) => {
      const refused = unsigned(asked)
      if (refused) return refuse(reply, refused)
      const from = Number(asked.query.NextToken ?? 0)
      const page = VOICES.slice(from, from + PAGE).map(name => ({
        ...{ Id: name, Name: name, Gender: 'Female', LanguageCode: 'en-US', LanguageName: 'US English' },
        SupportedEngines: ['neural', 'generative'],
      }))
      return { Voices: page, NextToken: from + PAGE < VOICES.length ? String(from + PAGE) : null }
    })
    app.post('/v1/speech', async (asked, reply) => {
      const refused = unsigned(asked)
      if (refused) return refuse(reply, refused)
      const status = faults.status()
      if (status !== undefined) {
        return refuse(reply, { status, type: TYPES[status] ?? 'ServiceFailureException', message: 'injected' })
      }
      const read = speechRequest.safeParse(asked.body)
      if (!read.success) {
        return refuse(reply, { status: 400, type: 'ValidationException', message: z.prettifyError(read.error) })
      }
      const wrong = refusalOf(read.data)
      if (wrong) return refuse(reply, wrong)
      const scope = scopeOf(signal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      const firstSoundMs = drawMs(profile.firstSound, chance)
      const speak = (text: string, speed: number) => flite.synthesize(text, AGENT_VOICE, scope.signal, speed)
      reply.hijack()
      await answer(reply.raw, read.data, { speak, firstSoundMs, clock, line, signal: scope.signal }).catch(error => {
        if (!scope.signal.aborted) reply.raw.destroy(error)
      })
      return reply
    })
  })
}

function unsigned({ headers }: FastifyRequest): Refusal | undefined {
  const signed = SIGNED.exec(headers.authorization ?? '')
  if (!headers.authorization)
    return { status: 403, type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }
  const names = signed?.[1]?.split(';') ?? []
  const isWhole = names.includes('host') && names.includes('x-amz-date')
  if (isWhole && /^\d{8}T\d{6}Z$/.test(String(headers['x-amz-date']))) return undefined
  return { status: 403, type: 'IncompleteSignatureException', message: 'Authorization header is not whole' }
}

const refuse = (reply: FastifyReply, { status, type, message }: Refusal) =>
  reply.code(status).header('x-amzn-errortype', `${type}:`).header('x-amzn-requestid', randomUUID()).send({ message })

interface Speaking {
  readonly speak: (text: string, speed: number) => Promise<Spoken>
  readonly firstSoundMs: number
  readonly clock: Clock
  readonly line: FaultyLine
  readonly signal: AbortSignal
}

async function answer(
  response: ServerResponse,
  asked: SpeechRequest,
  { speak, firstSoundMs, clock, line, signal }: Speaking,
): Promise<void> {
  const dueMs = clock.now() + firstSoundMs
  const { text, speed } = saidOf(asked)
  const hasWords = /[\p{L}\p{N}]/u.test(text)
  const spoken = hasWords ? await speak(text.trim(), speed) : { pcm: new Int16Array(0), rateHz: 16_000, words: [] }
  await clock.sleep(dueMs - clock.now(), signal)
  response.writeHead(200, {
    'content-type': asked.OutputFormat === 'json' ? 'application/x-json-stream' : 'audio/pcm',
    ...{ 'x-amzn-requestcharacters': asked.Text.length, 'x-amzn-requestid': randomUUID() },
  })
  response.flushHeaders()
  for (const piece of answerPieces(spoken, asked)) {
    switch (line.fate()) {
      case 'send':
        if (!response.write(piece)) await once(response, 'drain', { signal })
        break
      case 'malformed':
        // No length of a chunk: the response itself cannot be read.
        response.socket?.write('no length\r\n')
        break
      case 'drop':
        return signal.throwIfAborted()
      case 'stall':
        await once(signal, 'abort')
        return signal.throwIfAborted()
    }
  }
  response.end()
}
