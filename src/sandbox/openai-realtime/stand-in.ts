import type {} from '@fastify/websocket'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { scopeOf } from '../../conversation/scope.ts'
import type { Flite } from '../../flite/flite.ts'
import { type HearsAnnounced, openAnnouncedCalls } from '../announced-calls.ts'
import { AGENT_VOICE } from '../cartesia/stand-in.ts'
import { seeded } from '../chance.ts'
import { namedToolCall, type OfferedTool } from '../openai/named-tool.ts'
import { type ModelMessage, type ScriptedAnswer, scriptedAnswer } from '../openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../openai/task-model.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { HEARS_HZ, RealtimeSession, type SessionParts } from './session.ts'

const MODELS = /^gpt-realtime(?:-mini|-\d+(?:\.\d+)?(?:-mini)?)?(?:-\d{4}-\d{2}-\d{2})?$/
const query = z.object({ model: z.string().regex(MODELS) })

export interface RealtimeStandInOptions {
  /** What the model answers, in the order of its items; without it, as the scripts do. */
  readonly answer?: SessionParts['answer']
}

/**
 * OpenAI's Realtime API (`/v1/realtime`) by its generally available wire: it hears what is announced, answers by the
 * scripted models, and speaks by flite. The header `X-Client-Request-Id` names the call.
 */
export function openOpenAiRealtimeStandIn(
  options: StandInOptions & HearsAnnounced & RealtimeStandInOptions,
  flite: Flite,
): Promise<StandIn> {
  const { announced = openAnnouncedCalls(options.clock), clock, profile, seed, answer = scripted } = options
  const chance = seeded(seed)
  const newId = idsOf(seeded(seed + 1))

  return openStandIn(options, (app, faults, serverSignal) => {
    announced.addRoutes(app)

    const preValidation = async (asked: FastifyRequest, reply: FastifyReply) => {
      const key = /^Bearer .+/.test(asked.headers.authorization ?? '')
      if (!key) return reply.code(401).send(errorBody('Incorrect API key provided.', 'invalid_api_key'))
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send(errorBody('injected', null))
      if (query.safeParse(asked.query).success) return
      return reply.code(400).send(errorBody('Model is not supported in realtime mode.', 'invalid_model'))
    }

    function hold(socket: WebSocket, asked: FastifyRequest): void {
      const scope = scopeOf(serverSignal)
      const line = faults.join(() => socket.terminate(), scope.signal)
      const callId = asked.headers['x-client-request-id']
      const heard = announced.join(typeof callId === 'string' ? callId : undefined, HEARS_HZ)
      function send(event: object): void {
        if (socket.readyState !== socket.OPEN) return
        switch (line.fate()) {
          case 'send':
            return socket.send(JSON.stringify(event))
          case 'malformed':
            return socket.send('{"type":"response.')
          case 'drop':
          case 'stall':
            return
        }
      }
      const { model } = query.parse(asked.query)
      const speak: SessionParts['speak'] = (text, signal) => flite.synthesize(text, AGENT_VOICE, signal)
      const close = (): void => socket.close(1001)
      const session = new RealtimeSession(
        { model, clock, profile, chance, newId, send, close, speak, transcripts: heard.transcripts, answer },
        scope.signal,
      )
      socket.on('message', data => session.receive(parsed(String(data))))
      socket.on('error', () => socket.terminate())
      socket.on('close', code => {
        scope.abort(new Error('the session is over'))
        heard.end(code === 1006 ? 'lost' : 'over', serverSignal).catch(() => undefined)
      })
    }

    app.route({
      ...{ method: 'GET', url: '/v1/realtime', preValidation },
      handler: async (_asked, reply) => reply.code(426).send(errorBody('a WebSocket only', null)),
      wsHandler: hold,
    })
  })
}

/** The scripts' answer, as completions have it, too. */
export function scripted(
  messages: readonly ModelMessage[],
  offered: readonly OfferedTool[],
): readonly ScriptedAnswer[] {
  const tools = offered.map(({ name }) => name)
  const answer = tools.includes('create_task') ? scriptedTaskAnswer : scriptedAnswer
  return [namedToolCall(messages, offered) ?? answer(messages, tools)]
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID_LETTERS = 21

/** Ids as OpenAI's look, the same each time for the same seed. */
const idsOf =
  (random: () => number) =>
  (prefix: string): string =>
    prefix + Array.from({ length: ID_LETTERS }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')

const errorBody = (message: string, code: string | null): object => ({
  error: { message, type: 'invalid_request_error', param: null, code },
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
