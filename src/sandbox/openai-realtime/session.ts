import { z } from 'zod'
import { decodeMulaw } from '../../audio/mulaw.ts'
import { type Scope, scopeOf } from '../../conversation/scope.ts'
import type { ScriptedTranscripts } from '../deepgram/scripted-transcripts.ts'
import type { OfferedTool } from '../openai/named-tool.ts'
import type { ModelMessage, ScriptedAnswer } from '../openai/scripted-model.ts'
import {
  type ClientEvent,
  clientEvent,
  type ResponseParams,
  type SessionUpdate,
  sessionUpdate,
} from './client-events.ts'
import { contextOf, type HeldItem } from './context.ts'
import { makeResponse, type ResponseParts } from './response.ts'
import { BufferWords } from './transcription.ts'

/** The rate at which voices are told from silence, whatever the rate of the sound is. */
export const HEARS_HZ = 8_000
const LEAST_COMMIT_MS = 100
/** A session lasts no longer. */
const LONGEST_MS = 60 * 60_000

export interface SessionParts extends Omit<ResponseParts, 'send'> {
  readonly model: string
  readonly send: (event: object) => void
  /** Closes the socket. */
  readonly close: () => void
  /** At HEARS_HZ. */
  readonly transcripts: ScriptedTranscripts
  readonly answer: (messages: readonly ModelMessage[], tools: readonly OfferedTool[]) => readonly ScriptedAnswer[]
}

/** One session: refuses what the vendor refuses, and answers as it does. */
export class RealtimeSession {
  readonly #parts: SessionParts
  readonly #signal: AbortSignal
  readonly #conversationId: string
  readonly #items = new Map<string, HeldItem>()
  readonly #responses = new Map<string, { readonly scope: Scope; readonly isDefault: boolean }>()
  #settings: SessionUpdate = { type: 'realtime' }
  #buffer: { readonly id: string; readonly words: BufferWords; samples: number } | undefined
  #hasSpoken = false

  constructor(parts: SessionParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#conversationId = parts.newId('conv_')
    this.#send({ type: 'session.created', session: this.#resource() })
    const { clock } = parts
    clock.sleep(LONGEST_MS, signal).then(
      () => {
        this.#refuse(undefined, 'session_expired', 'Your session hit the maximum duration of 60 minutes.')
        parts.close()
      },
      () => undefined,
    )
  }

  receive(message: unknown): void {
    const read = clientEvent.safeParse(message)
    const eventId = z.object({ event_id: z.string() }).safeParse(message).data?.event_id
    if (!read.success) return this.#refuse(eventId, codeOf(read.error), z.prettifyError(read.error))
    const event = read.data
    switch (event.type) {
      case 'session.update':
        return this.#update(event)
      case 'input_audio_buffer.append':
        return this.#append(event.audio)
      case 'input_audio_buffer.commit':
        return this.#commit(eventId)
      case 'input_audio_buffer.clear':
        this.#buffer?.words.drop()
        this.#buffer = undefined
        return this.#send({ type: 'input_audio_buffer.cleared' })
      case 'conversation.item.create': {
        const id = event.item.id ?? this.#parts.newId('item_')
        this.#items.set(id, { kind: 'item', item: event.item })
        return this.#added(id, { ...event.item, id })
      }
      case 'conversation.item.delete':
        if (!this.#items.delete(event.item_id)) {
          const why = `Error deleting item: the item with id '${event.item_id}' does not exist.`
          return this.#refuse(eventId, 'item_delete_invalid_item_id', why)
        }
        return this.#send({ type: 'conversation.item.deleted', item_id: event.item_id })
      case 'response.create':
        return this.#create(event.response, eventId)
      case 'response.cancel':
        return this.#cancel(event)
    }
  }

  get #inputHz(): 8000 | 24000 {
    const { type } = this.#settings.audio?.input?.format ?? { type: 'audio/pcm' }
    return type === 'audio/pcm' ? 24_000 : 8_000
  }

  #update({ session, event_id: id }: Extract<ClientEvent, { type: 'session.update' }>): void {
    const read = sessionUpdate.safeParse(session)
    if (!read.success) return this.#refuse(id, codeOf(read.error), z.prettifyError(read.error))
    const { audio } = read.data
    if (this.#hasSpoken && audio?.output?.voice !== undefined)
      return this.#refuse(
        id,
        'cannot_update_voice',
        'Cannot update a conversation’s voice if assistant audio is present.',
      )
    if (read.data.reasoning && !this.#reasons) return this.#refuseReasoning(id)
    this.#settings = { ...this.#settings, ...read.data, audio: { ...this.#settings.audio, ...audio } }
    this.#send({ type: 'session.updated', session: this.#resource() })
  }

  #append(audio: string): void {
    const { newId, profile, chance, clock, transcripts } = this.#parts
    if (!this.#buffer) {
      const id = newId('item_')
      const model = this.#settings.audio?.input?.transcription?.model ?? ''
      const send = (event: object): void => (model === '' ? undefined : this.#send(event))
      const parts = { model, transcripts, profile, chance, clock, send, signal: this.#signal }
      this.#buffer = { id, words: new BufferWords(id, parts), samples: 0 }
    }
    const bytes = Buffer.from(audio, 'base64')
    const pcm = this.#inputHz === 8_000 ? decodeMulaw(bytes) : samplesOf(bytes)
    this.#buffer.samples += pcm.length
    this.#buffer.words.hear(
      this.#inputHz === HEARS_HZ ? pcm : pcm.filter((_, i) => i % (this.#inputHz / HEARS_HZ) === 0),
    )
  }

  #commit(eventId: string | undefined): void {
    const buffer = this.#buffer
    const ms = ((buffer?.samples ?? 0) / this.#inputHz) * 1_000
    if (!buffer || ms < LEAST_COMMIT_MS) {
      const why = `Error committing input audio buffer: buffer too small. Expected at least ${LEAST_COMMIT_MS}ms of audio, but buffer only has ${ms.toFixed(2)}ms of audio.`
      return this.#refuse(eventId, 'input_audio_buffer_commit_empty', why)
    }
    const previous = [...this.#items.keys()].at(-1) ?? null
    const item: HeldItem = { kind: 'sound', ms, transcript: '' }
    this.#buffer = undefined
    this.#items.set(buffer.id, item)
    this.#send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: buffer.id })
    const content = [{ type: 'input_audio', transcript: null }]
    this.#added(buffer.id, { id: buffer.id, type: 'message', role: 'user', content })
    buffer.words.commit(item)
  }

  #create(asked: ResponseParams, eventId: string | undefined): void {
    const isDefault = asked.conversation === 'auto'
    const active = [...this.#responses].find(([, response]) => response.isDefault)?.[0]
    if (isDefault && active !== undefined) {
      const why = `Conversation already has an active response in progress: ${active}. Wait until the response is finished before creating a new one.`
      return this.#refuse(eventId, 'conversation_already_has_active_response', why)
    }
    if (asked.reasoning && !this.#reasons) return this.#refuseReasoning(eventId)
    const context = contextOf(asked, this.#items)
    if (context.kind === 'refused') return this.#refuse(eventId, context.code, context.message, context.param)
    const id = this.#parts.newId('resp_')
    const scope = scopeOf(this.#signal)
    this.#responses.set(id, { scope, isDefault })
    const [modality = 'audio'] = asked.output_modalities ?? this.#settings.output_modalities ?? ['audio']
    const format = this.#settings.audio?.output?.format ?? { type: 'audio/pcm' }
    const kind = {
      ...{ id, context, modality, metadata: asked.metadata ?? null },
      rateHz: format.type === 'audio/pcm' ? (24_000 as const) : (8_000 as const),
      conversationId: isDefault ? this.#conversationId : null,
    }
    this.#hasSpoken ||= modality === 'audio' && isDefault
    const tools = asked.tools ?? this.#settings.tools ?? []
    const send = (event: object): void => this.#send(event)
    makeResponse(this.#parts.answer(context.messages, tools), kind, { ...this.#parts, send }, scope.signal)
      .then(made => {
        if (isDefault) for (const [itemId, item] of made) this.#items.set(itemId, item)
      })
      .catch(error => this.#send({ type: 'error', error: { type: 'server_error', message: String(error) } }))
      .finally(() => {
        this.#responses.delete(id)
        scope.release()
      })
  }

  #cancel({ response_id: asked, event_id: eventId }: Extract<ClientEvent, { type: 'response.cancel' }>): void {
    const id = asked ?? [...this.#responses].find(([, { isDefault }]) => isDefault)?.[0]
    const response = id === undefined ? undefined : this.#responses.get(id)
    if (!response)
      return this.#refuse(eventId, 'response_cancel_not_active', 'Cancellation failed: no active response found')
    response.scope.abort(new Error('the response is cancelled'))
  }

  /** Only these take an effort. */
  get #reasons(): boolean {
    return /^gpt-realtime-2(?:\.|$|-)/.test(this.#parts.model)
  }

  #refuseReasoning(eventId: string | undefined): void {
    this.#refuse(
      eventId,
      'unsupported_parameter',
      `'reasoning' is not supported with ${this.#parts.model}.`,
      'reasoning',
    )
  }

  #added(id: string, item: object): void {
    const previous = [...this.#items.keys()].at(-2) ?? null
    const told = { previous_item_id: previous, item: { object: 'realtime.item', status: 'completed', ...item, id } }
    this.#send({ type: 'conversation.item.added', ...told })
    this.#send({ type: 'conversation.item.done', ...told })
  }

  #resource(): object {
    const { model, newId } = this.#parts
    return { object: 'realtime.session', id: newId('sess_'), model, output_modalities: ['audio'], ...this.#settings }
  }

  #refuse(eventId: string | undefined, code: string, message: string, param: string | null = null): void {
    const error = { type: 'invalid_request_error', code, message, param, event_id: eventId ?? null }
    this.#send({ type: 'error', error })
  }

  #send(event: object): void {
    this.#parts.send({ event_id: this.#parts.newId('event_'), ...event })
  }
}

const codeOf = ({ issues }: z.ZodError): string =>
  issues.some(({ code }) => code === 'unrecognized_keys') ? 'unknown_parameter' : 'invalid_value'

function samplesOf(data: Buffer): Int16Array {
  const pcm = new Int16Array(data.length >> 1)
  for (let i = 0; i < pcm.length; i++) pcm[i] = data.readInt16LE(i * 2)
  return pcm
}
