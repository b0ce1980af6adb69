import { scopeOf } from '../../conversation/scope.ts'
import { seeded } from '../chance.ts'
import { type StreamedEvent, streamEvents } from '../event-stream.ts'
import { answered, idsOf, type NewId, tokensOf, withoutContext, writtenOf } from '../openai/answered.ts'
import type { ModelMessage, ScriptedAnswer } from '../openai/scripted-model.ts'
import { openStandIn, type StandIn, type StandInOptions } from '../stand-in.ts'
import { type InputTokens, PromptCache } from './prompt-cache.ts'
import { type Block, type MessagesRequest, messagesAsked, refusal, refusedAccess } from './request-rules.ts'

const MODELS = ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-4-5']
const THOUGHT = 'The caller wants this done.'
/** A signature holds for the model that made the thought, and for no other. */
const signatureOf = (model: string): string => Buffer.from(`signed by ${model}`).toString('base64')

/** Anthropic's Messages API (`POST /v1/messages`), answered by the scripted models. */
export function openAnthropicStandIn(options: StandInOptions): Promise<StandIn> {
  const { profile, clock, seed } = options
  const chance = seeded(seed)
  const newId = idsOf(seeded(seed + 1))
  const cache = new PromptCache()
  return openStandIn(options, (app, faults, serverSignal) => {
    app.addHook('onRequest', async ({ url, headers }, reply) => {
      const refused = url.startsWith('/v1/') ? refusedAccess(headers) : undefined
      if (refused) return reply.code(refused.status).send({ ...refused.body, request_id: newId('req_') })
    })
    app.get('/v1/models', async () => ({
      data: MODELS.map(id => ({ type: 'model', id, display_name: id, created_at: '2026-10-21T00:00:00Z' })),
      ...{ has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) },
    }))
    app.post('/v1/messages', async (asked, reply) => {
      const read = messagesAsked(asked.body, (signature, model) => signature === signatureOf(model))
      if ('status' in read) return reply.code(read.status).send({ ...read.body, request_id: newId('req_') })
      const status = faults.status()
      if (status !== undefined)
        return reply.code(status).send({ ...refusal(status, 'injected').body, request_id: newId('req_') })
      const scope = scopeOf(serverSignal)
      reply.raw.once('close', () => scope.abort(new Error('the client has gone')))
      const answer = answered(
        modelMessages(read),
        read.tools?.map(tool => ({ ...tool, parameters: tool.input_schema })) ?? [],
      )
      if (!read.stream) return reply.code(400).send(refusal(400, 'the sandbox streams alone: set stream').body)
      const line = faults.join(() => reply.raw.destroy(), scope.signal)
      reply.hijack()
      const events = messageEvents(read, answer, cache.count(read), newId)
      await streamEvents(reply.raw, events, { ...{ profile, chance, clock, line }, signal: scope.signal }).then(
        () => reply.raw.end(),
        error => {
          if (!scope.signal.aborted) reply.raw.destroy(error)
        },
      )
      return reply
    })
  })
}

function messageEvents(
  { model, thinking }: MessagesRequest,
  answer: ScriptedAnswer,
  input: InputTokens,
  newId: NewId,
): readonly StreamedEvent[] {
  const pieces = tokensOf(writtenOf(answer))
  const thinks = /-(?:sonnet|opus|fable|mythos)-5|haiku-5/.test(model) && (thinking?.type ?? 'adaptive') === 'adaptive'
  const events: StreamedEvent[] = []
  const send = (type: string, more: object = {}, token?: number): void => {
    events.push({ event: type, data: { type, ...more }, ...(token !== undefined && { token }) })
  }
  const head = { id: newId('msg_'), type: 'message', role: 'assistant', model, content: [] }
  const counts = { ...input, output_tokens: 1 }
  send('message_start', { message: { ...head, stop_reason: null, stop_sequence: null, usage: counts } })
  send('ping')
  let index = 0
  const blockOf = (content_block: object, deltas: readonly (readonly [delta: object, token?: number])[]): void => {
    send('content_block_start', { index, content_block })
    for (const [delta, token] of deltas) send('content_block_delta', { index, delta }, token)
    send('content_block_stop', { index: index++ })
  }
  if (thinks) {
    const deltas = [
      { type: 'thinking_delta', thinking: THOUGHT },
      { type: 'signature_delta', signature: signatureOf(model) },
    ]
    blockOf(
      { type: 'thinking', thinking: '', signature: '' },
      deltas.map(delta => [delta]),
    )
  }
  if (answer.kind === 'say')
    blockOf(
      { type: 'text', text: '', citations: null },
      pieces.map((text, token) => [{ type: 'text_delta', text }, token]),
    )
  else
    blockOf(
      { type: 'tool_use', id: newId('toolu_'), name: answer.name, input: {} },
      ['', ...pieces].map((partial_json, token) => [{ type: 'input_json_delta', partial_json }, token]),
    )
  send('message_delta', {
    delta: { stop_reason: answer.kind === 'say' ? 'end_turn' : 'tool_use', stop_sequence: null, stop_details: null },
    usage: { ...input, output_tokens: pieces.length + (thinks ? tokensOf(THOUGHT).length : 0) },
  })
  send('message_stop')
  return events
}

function modelMessages({ messages }: MessagesRequest): readonly ModelMessage[] {
  const uses = messages.flatMap(({ content }) => content.filter(one => one.type === 'tool_use'))
  const names = new Map(uses.map(({ id, name }) => [id, name] as const))
  return messages.flatMap(({ role, content }) => {
    const results = content.flatMap((one): readonly ModelMessage[] =>
      one.type === 'tool_result' ? [{ role: 'tool', content: resultOf(one), tool: names.get(one.tool_use_id) }] : [],
    )
    const words = content.map(one => (one.type === 'text' ? one.text : '')).join('')
    return [...results, ...(results.length === 0 || words !== '' ? [{ role, content: withoutContext(words) }] : [])]
  })
}

const resultOf = ({ content = '' }: Extract<Block, { type: 'tool_result' }>): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('')
