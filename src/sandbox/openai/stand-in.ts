import { z } from 'zod'
import { scopeOf } from '../../conversation/scope.ts'
import { seeded } from '../chance.ts'
import { drawMs } from '../delays.ts'
import { streamEvents } from '../event-stream.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { answered, idsOf, type NewId, withoutContext, writtenOf } from './answered.ts'
import { type ChatTraits, chatChunks, usageOf } from './chat-stream.ts'
import type { OfferedTool } from './named-tool.ts'
import { refusalOf } from './request-rules.ts'
import { answerResponses } from './responses.ts'
import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'

const content = z.union([z.string(), z.array(z.object({ text: z.string().optional() })), z.null()]).optional()
const call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })
const request = z.object({
  model: z.string().min(1),
  messages: z
    .array(
      z.object({
        role: z.string(),
        content,
        tool_calls: z.array(call).optional(),
        tool_call_id: z.string().optional(),
      }),
    )
    .min(1),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: z.string(),
          description: z.string().nullish(),
          parameters: z.unknown().optional(),
        }),
      }),
    )
    .default([]),
  max_completion_tokens: z.int().min(1).optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
})
type Request = z.infer<typeof request>

/** A server of chat completions, and how it differs from OpenAI's. */
export interface ChatServer extends ChatTraits {
  /** Where its routes begin: `/v1`. */
  readonly prefix: string
  readonly models: readonly string[]
  readonly wantsKey: boolean
  /** The body of its refusal of a request; undefined where it takes it. */
  refusalOf(body: unknown): { readonly status?: number; readonly body: object } | undefined
  /** What its model makes of the messages. Nothing: it reads them as they are. */
  readAs?(messages: readonly ModelMessage[], offered: readonly OfferedTool[]): ModelRead
}
/** What a model is asked with. */
export interface ModelRead {
  readonly messages: readonly ModelMessage[]
  readonly offered: readonly OfferedTool[]
}

const OPENAI: ChatServer = {
  prefix: '/v1',
  models: ['gpt-4o-mini'],
  wantsKey: true,
  usage: 'asked',
  calls: 'pieces',
  refusalOf(body) {
    const refused = refusalOf(body)
    return refused && { body: refused }
  },
}

/** OpenAI's chat completions and responses (`/v1/chat/completions`, `/v1/responses`), answered by the scripted models. */
export function openOpenAiStandIn(options: StandInOptions): Promise<StandIn> {
  return openChatStandIn(options, OPENAI)
}

/** A server of chat completions, answered by the scripted models. */
export function openChatStandIn(options: StandInOptions, server: ChatServer): Promise<StandIn> {
  const { profile, clock, seed } = options
  const { prefix, wantsKey } = server
  const chance = seeded(seed)
  const newId = idsOf(seeded(seed + 1))
  return openStandIn(options, (app, faults, serverSignal) => {
    app.addHook('onRequest', async (asked, reply) => {
      const isOurs = asked.url.startsWith(`${prefix}/`)
      if (!isOurs || !wantsKey || /^Bearer .+/.test(asked.headers.authorization ?? '')) return
      return reply.code(401).send(errorBody('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'))
    })
    app.get(`${prefix}/models`, async () => ({
      object: 'list',
      data: server.models.map(id => ({ id, object: 'model', created: 0, owned_by: 'sandbox' })),
    }))
    app.post(`${prefix}/chat/completions`, async (asked, reply) => {
      const refused = server.refusalOf(asked.body)
      if (refused) return reply.code(refused.status ?? 400).send(refused.body)
      const read = request.safeParse(asked.body)
      if (!read.success)
        return reply.code(400).send(errorBody(z.prettifyError(read.error), 'invalid_request_error', null))
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send(injected(status))
      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const messages = modelMessages(read.data)
      const offered = read.data.tools.map(tool => tool.function)
      const seen = server.readAs?.(messages, offered) ?? { messages, offered }
      const answer = answered(seen.messages, seen.offered)
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      if (!read.data.stream) {
        await clock.sleep(drawMs(profile.firstToken, chance), scope.signal)
        return whole(read.data, answer, newId)
      }
      reply.hijack()
      await streamEvents(reply.raw, chatChunks(read.data, answer, newId, server), {
        ...{ profile, chance, clock, line, signal: scope.signal },
      }).then(
        () => reply.raw.end('data: [DONE]\n\n'),
        error => {
          if (!scope.signal.aborted) reply.raw.destroy(error)
        },
      )
      return reply
    })
    if (server === OPENAI) answerResponses(app, faults, { ...{ profile, clock, chance, newId }, signal: serverSignal })
  })
}

function whole(asked: Request, answer: ScriptedAnswer, newId: NewId): object {
  const message =
    answer.kind === 'say'
      ? { role: 'assistant', content: answer.text }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: newId('call_'),
              type: 'function',
              function: { name: answer.name, arguments: writtenOf(answer) },
            },
          ],
        }
  return {
    id: newId('chatcmpl-'),
    object: 'chat.completion',
    created: 0,
    model: asked.model,
    choices: [{ index: 0, message, finish_reason: answer.kind === 'say' ? 'stop' : 'tool_calls', logprobs: null }],
    usage: usageOf(asked, answer),
  }
}

function modelMessages({ messages }: Request): readonly ModelMessage[] {
  const names = new Map(
    messages.flatMap(({ tool_calls = [] }) => tool_calls.map(made => [made.id, made.function.name] as const)),
  )
  return messages.map(({ role, content: parts, tool_call_id }) => ({
    role,
    content: withoutContext(typeof parts === 'string' ? parts : (parts ?? []).map(part => part.text ?? '').join('')),
    tool: tool_call_id === undefined ? undefined : names.get(tool_call_id),
  }))
}

/** OpenAI's words for a status that was ordered. */
export const injected = (status: number): object =>
  errorBody('injected', status === 429 ? 'rate_limit_exceeded' : 'server_error', null)

const errorBody = (message: string, type: string, code: string | null): object => ({
  error: { message, type, param: null, code },
})
