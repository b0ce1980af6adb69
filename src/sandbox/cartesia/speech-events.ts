import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { scopeOf } from '../../conversation/scope.ts'
import type { FaultyLine } from '../faults.ts'
import { errorBody } from './error-body.ts'
import {
  hasNothingToVoice,
  REFUSED_TEXT,
  type SpeechRequest,
  speechMessages,
  speechRequest,
  type Voice,
} from './speech.ts'

/** Speaks one text as server-sent events (`POST /tts/sse`): the socket's messages, one in each event. */
export async function answerWithEvents(
  body: unknown,
  reply: FastifyReply,
  voice: Voice,
  serverSignal: AbortSignal,
): Promise<FastifyReply> {
  const asked = speechRequest.safeParse(body)
  if (!asked.success) return reply.code(400).send(errorBody(z.prettifyError(asked.error)))
  if (hasNothingToVoice(asked.data.transcript)) return reply.code(400).send(errorBody(REFUSED_TEXT))
  const scope = scopeOf(serverSignal)
  reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
  const line = voice.faults.join(() => reply.raw.destroy(), scope.signal)
  reply.hijack()
  await stream(reply.raw, asked.data, voice, line, scope.signal).catch(error => {
    if (!scope.signal.aborted) reply.raw.destroy(error)
  })
  return reply
}

async function stream(
  response: ServerResponse,
  asked: SpeechRequest,
  { clock, firstSoundMs, speak }: Voice,
  line: FaultyLine,
  signal: AbortSignal,
): Promise<void> {
  async function send(message: object): Promise<void> {
    switch (line.fate()) {
      case 'send':
        break
      case 'drop':
        return signal.throwIfAborted()
      case 'stall':
        await once(signal, 'abort')
        return signal.throwIfAborted()
      case 'malformed':
        response.write('data: {"type":"chunk","data":\n\n')
        return
    }
    if (!response.write(`data: ${JSON.stringify(message)}\n\n`)) await once(response, 'drain', { signal })
  }

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  const dueMs = clock.now() + firstSoundMs()
  const sound = await speak(asked.transcript.trim(), signal, asked.generation_config?.speed)
  await clock.sleep(dueMs - clock.now(), signal)
  for (const message of speechMessages(sound, asked, 0)) await send(message)
  await send({ type: 'done', context_id: asked.context_id, done: true, status_code: 200 })
  response.end()
}
