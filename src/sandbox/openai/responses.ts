import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../conversation/ports.ts'
import { scopeOf } from '../../conversation/scope.ts'
import type { DelayProfile } from '../delays.ts'
import { type StreamedEvent, streamEvents } from '../event-stream.ts'
import type { Faults } from '../faults.ts'
import { answered, type NewId, promptTokens, tokensOf, withoutContext, writtenOf } from './answered.ts'
import { type Item, type ResponsesRequest, responsesAsked } from './responses-rules.ts'
import type { ModelMessage, ScriptedAnswer } from './scripted-model.ts'

interface Parts {
  readonly profile: DelayProfile
  readonly clock: Clock
  readonly chance: () => number
  readonly newId: NewId
  readonly signal: AbortSignal
}

/** Adds `POST /v1/responses`. */
export function answerResponses(app: FastifyInstance, faults: Faults, { signal, ...parts }: Parts): void {
  app.post('/v1/responses', async (asked, reply) => {
    const read = responsesAsked(asked.body)
    if ('error' in read) return reply.code(400).send(read)
    const status = faults.status()
    if (status !== undefined) {
      const type = status === 429 ? 'rate_limit_exceeded' : 'server_error'
      return reply.code(status).send({ error: { message: 'injected', type, param: null, code: null } })
    }
    const scope = scopeOf(signal)
    reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
    const answer = answered(modelMessages(read), read.tools)
    const line = faults.join(() => reply.raw.destroy(), scope.signal)
    const events = responseEvents(read, answer, parts.newId)
    const { data } = events.at(-1) ?? { data: {} }
    if (!read.stream) return 'response' in data ? data.response : data
    reply.hijack()
    await streamEvents(reply.raw, events, { ...parts, line, signal: scope.signal }).then(
      () => reply.raw.end(),
      error => {
        if (!scope.signal.aborted) reply.raw.destroy(error)
      },
    )
    return reply
  })
}

/** The events of an answer, each with its number. */
function responseEvents(asked: ResponsesRequest, answer: ScriptedAnswer, newId: NewId): readonly StreamedEvent[] {
  const { prompt, cached } = promptTokens([asked.instructions, asked.input, asked.tools])
  const pieces = tokensOf(writtenOf(answer))
  const head = {
    ...{ id: newId('resp_'), object: 'response', created_at: 0, model: asked.model, error: null },
    ...{ incomplete_details: null, instructions: asked.instructions ?? null, tools: asked.tools, store: false },
    ...{ parallel_tool_calls: true, tool_choice: 'auto', temperature: 1, top_p: 1, metadata: {} },
  }
  const opening = { ...head, status: 'in_progress', output: [], usage: null }
  const events: StreamedEvent[] = []
  const send = (type: string, more: object, token?: number): void => {
    const data = { type, ...more, sequence_number: events.length }
    events.push({ event: type, data, ...(token !== undefined && { token }) })
  }
  send('response.created', { response: opening })
  send('response.in_progress', { response: opening })
  const item = answer.kind === 'say' ? said(answer.text, newId, send) : called(answer, newId, send)
  send('response.completed', {
    response: {
      ...head,
      ...{ status: 'completed', output: [item] },
      usage: {
        ...{ input_tokens: prompt, input_tokens_details: { cached_tokens: cached } },
        ...{ output_tokens: pieces.length, output_tokens_details: { reasoning_tokens: 0 } },
        total_tokens: prompt + pieces.length,
      },
    },
  })
  return events
}

type Send = (type: string, more: object, token?: number) => void

function said(text: string, newId: NewId, send: Send): object {
  const id = newId('msg_')
  const at = { item_id: id, output_index: 0, content_index: 0 }
  const part = { type: 'output_text', annotations: [], logprobs: [], text: '' }
  const item = { id, type: 'message', role: 'assistant' }
  send('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } })
  send('response.content_part.added', { ...at, part })
  for (const [token, delta] of tokensOf(text).entries())
    send('response.output_text.delta', { ...at, delta, logprobs: [] }, token)
  send('response.output_text.done', { ...at, text, logprobs: [] })
  send('response.content_part.done', { ...at, part: { ...part, text } })
  const whole = { ...item, status: 'completed', content: [{ ...part, text }] }
  send('response.output_item.done', { output_index: 0, item: whole })
  return whole
}

function called(answer: Extract<ScriptedAnswer, { kind: 'call' }>, newId: NewId, send: Send): object {
  const id = newId('fc_')
  const args = writtenOf(answer)
  const item = { id, type: 'function_call', call_id: newId('call_'), name: answer.name }
  const at = { item_id: id, output_index: 0 }
  send('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', arguments: '' } })
  for (const [token, delta] of tokensOf(args).entries())
    send('response.function_call_arguments.delta', { ...at, delta }, token)
  send('response.function_call_arguments.done', { ...at, arguments: args })
  const whole = { ...item, status: 'completed', arguments: args }
  send('response.output_item.done', { output_index: 0, item: whole })
  return whole
}

function modelMessages({ input }: ResponsesRequest): readonly ModelMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: withoutContext(input) }]
  const names = new Map(input.flatMap(one => (one.type === 'function_call' ? [[one.call_id, one.name] as const] : [])))
  return input.map((one): ModelMessage => {
    if (one.type === 'function_call') return { role: 'assistant', content: '' }
    return one.type === 'function_call_output'
      ? { role: 'tool', content: textOf(one.output), tool: names.get(one.call_id) }
      : { role: one.role, content: withoutContext(textOf(one.content)) }
  })
}

const textOf = (content: Extract<Item, { role: string }>['content']): string =>
  typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('')
