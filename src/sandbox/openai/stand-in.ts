import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import { seeded } from '../chance.ts'
import { type DelayProfile, drawMs } from '../delays.ts'
import type { FaultyLine } from '../faults.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { namedToolCall } from './named-tool.ts'
import { refusalOf } from './request-rules.ts'
import { type ModelMessage, type ScriptedAnswer, scriptedAnswer } from './scripted-model.ts'
import { scriptedTaskAnswer } from './task-model.ts'

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
        function: z.object({ name: z.string(), parameters: z.unknown().optional() }),
      }),
    )
    .default([]),
  max_completion_tokens: z.int().min(1).optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
})
type Request = z.infer<typeof request>

/** OpenAI's chat completions (`/v1/chat/completions`), answered by the scripted models. */
export function openOpenAiStandIn(options: StandInOptions): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  const newId = idsOf(seeded(seed + 1))
  return openStandIn(options, (app, faults, serverSignal) => {
    app.addHook('onRequest', async (asked, reply) => {
      if (!asked.url.startsWith('/v1/') || /^Bearer .+/.test(asked.headers.authorization ?? '')) return
      return reply.code(401).send(errorBody('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'))
    })
    app.get('/v1/models', async () => ({
      object: 'list',
      data: [{ id: 'gpt-4o-mini', object: 'model', created: 0, owned_by: 'sandbox' }],
    }))
    app.post('/v1/chat/completions', async (asked, reply) => {
      const refused = refusalOf(asked.body)
      if (refused) return reply.code(400).send(refused)
      const read = request.safeParse(asked.body)
      if (!read.success)
        return reply.code(400).send(errorBody(z.prettifyError(read.error), 'invalid_request_error', null))
      const status = faults.status()
      if (status !== undefined) {
        return reply
          .code(status)
          .send(errorBody('injected', status === 429 ? 'rate_limit_exceeded' : 'server_error', null))
      }
      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const tools = read.data.tools.map(tool => tool.function.name)
      const messages = modelMessages(read.data)
      const offered = read.data.tools.map(tool => tool.function)
      const scripted = (): ScriptedAnswer =>
        tools.includes('create_task') ? scriptedTaskAnswer(messages, tools) : scriptedAnswer(messages, tools)
      const answer = namedToolCall(messages, offered) ?? scripted()
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      const writer = { answer, profile, chance, newId, clock, line }
      if (!read.data.stream) {
        await clock.sleep(drawMs(profile.firstToken, chance), scope.signal)
        return whole(read.data, answer, newId)
      }
      reply.hijack()
      await stream(reply.raw, read.data, writer, scope.signal).catch(error => {
        if (!scope.signal.aborted) reply.raw.destroy(error)
      })
      return reply
    })
  })
}

type NewId = (prefix: string) => string

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID_LETTERS = 24

/** Ids as OpenAI's look, the same each time for the same seed. */
const idsOf =
  (random: () => number): NewId =>
  prefix =>
    prefix + Array.from({ length: ID_LETTERS }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')

interface Writer {
  readonly answer: ScriptedAnswer
  readonly profile: DelayProfile
  readonly chance: () => number
  readonly newId: NewId
  readonly clock: Clock
  readonly line: FaultyLine
}

async function stream(response: ServerResponse, asked: Request, writer: Writer, signal: AbortSignal): Promise<void> {
  const { answer, profile, chance, newId, clock, line } = writer
  const wantsUsage = asked.stream_options?.include_usage === true
  const head = { id: newId('chatcmpl-'), object: 'chat.completion.chunk', created: 0, model: asked.model }

  async function send(choices: readonly object[], usage: object | null = null): Promise<void> {
    switch (line.fate()) {
      case 'send':
        break
      case 'drop':
        return signal.throwIfAborted()
      case 'stall':
        await once(signal, 'abort')
        return signal.throwIfAborted()
      case 'malformed':
        response.write('data: {"id": "chatcmpl-\n\n')
        return
    }
    const chunk = { ...head, choices, ...(wantsUsage && { usage }) }
    if (!response.write(`data: ${JSON.stringify(chunk)}\n\n`)) await once(response, 'drain', { signal })
  }

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
  const firstDueMs = clock.now() + drawMs(profile.firstToken, chance)
  await clock.sleep(firstDueMs - clock.now(), signal)
  const choice = (delta: object, finish: string | null = null): readonly object[] => [
    { index: 0, delta, finish_reason: finish, logprobs: null },
  ]
  await send(choice({ role: 'assistant', content: answer.kind === 'say' ? '' : null }))
  const pieces = answer.kind === 'say' ? tokensOf(answer.text) : tokensOf(JSON.stringify(answer.arguments))
  if (answer.kind === 'call') {
    await send(
      choice({
        tool_calls: [
          { index: 0, id: newId('call_'), type: 'function', function: { name: answer.name, arguments: '' } },
        ],
      }),
    )
  }
  for (const [i, piece] of pieces.entries()) {
    const dueMs = firstDueMs + (i * 1_000) / profile.tokensPerSecond
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), signal)
    await send(
      choice(
        answer.kind === 'say' ? { content: piece } : { tool_calls: [{ index: 0, function: { arguments: piece } }] },
      ),
    )
  }
  await send(choice({}, answer.kind === 'say' ? 'stop' : 'tool_calls'))
  if (wantsUsage) await send([], usageOf(asked, answer))
  response.end('data: [DONE]\n\n')
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
              function: { name: answer.name, arguments: JSON.stringify(answer.arguments) },
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

/** Tokens of up to five characters, each with the space before it. */
const tokensOf = (text: string): readonly string[] => text.match(/\s*\S{1,5}/g) ?? []

function usageOf(asked: Request, answer: ScriptedAnswer): object {
  const prompt = Math.ceil(JSON.stringify(asked.messages).length / 4)
  const completion = tokensOf(answer.kind === 'say' ? answer.text : JSON.stringify(answer.arguments)).length
  // OpenAI caches prompts from 1,024 tokens on, in steps of 128.
  const cached = prompt < 1_024 ? 0 : prompt - (prompt % 128)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
}

/** The scripts answer the caller; what our server adds beside their words is for models that can judge it. */
const withoutContext = (content: string): string => content.replace(/^<context>\n.*?\n<\/context>\n/s, '')

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

const errorBody = (message: string, type: string, code: string | null): object => ({
  error: { message, type, param: null, code },
})
