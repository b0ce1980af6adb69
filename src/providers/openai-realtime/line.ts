import type { Clock, VoiceRateHz } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { PROVIDER, type ResponseEnd, type ServerEvent, type TranscriptionEvent } from './events.ts'
import { errorOf, failureOf } from './failures.ts'
import type { HeardItem, ResponseRequest } from './input-items.ts'
import { ResponseSound } from './response-sound.ts'
import { type RealtimeAccess, type RealtimeSocket, realtimeSocket } from './socket.ts'

/** A reply of the longest kind comes in fewer events. */
const MOST_EVENTS = 10_000
/** A response names itself by this, so that it is known before the server's own id for it is. */
const NAME = 'reply'
/** So many of the caller's utterances are kept as sound: a turn has rarely more. */
const MOST_HEARD = 8

/** What comes of a response. `sound`: more of its sound is there. */
export type ResponseEvent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sound' }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly kind: 'item-end' }
  | { readonly kind: 'end'; readonly end: ResponseEnd }

/** A response that was asked for. */
export interface OpenResponse {
  readonly events: Queue<ResponseEvent>
  readonly sound: ResponseSound
  /** Nothing more of it is wanted. What is still on its way is dropped. */
  cancel(): void
}

export interface LineSettings extends RealtimeAccess {
  readonly session: object
  readonly voiceRateHz: VoiceRateHz
}

/** One session of the service, with its responses and what it heard. */
export interface Line extends Pick<RealtimeSocket, 'openedAtMs' | 'wasReady' | 'isUsable' | 'close' | 'send'> {
  readonly failure: ProviderError | undefined
  /** No response is open. */
  readonly isIdle: () => boolean
  respond(request: (heard: readonly HeardItem[]) => ResponseRequest, rest: object): OpenResponse
  /** The session has an utterance as sound, which says this. */
  heard(item: HeardItem): void
}

export interface LineEvents {
  transcription(event: TranscriptionEvent): void
  /** An event of the client's that is no response was refused. */
  refused(eventId: string, error: ProviderError, code: string | undefined): void
  failed(error: ProviderError): void
}

interface Going extends OpenResponse {
  readonly name: string
  id: string | undefined
  hasSaid: boolean
}

export function openLine(settings: LineSettings, events: LineEvents, clock: Clock, network: Network): Line {
  /** By the name that we gave it, as long as it goes on. */
  const going = new Map<string, Going>()
  const byId = new Map<string, Going>()
  const heard: HeardItem[] = []
  let names = 0
  let failure: ProviderError | undefined

  function finish(response: Going): void {
    going.delete(response.name)
    if (response.id !== undefined) byId.delete(response.id)
  }

  function fail(response: Going, error: ProviderError): void {
    finish(response)
    response.sound.end({ kind: 'broken', error })
    response.events.fail(error)
  }

  function take(response: Going, event: ResponseEvent): void {
    if (response.events.isFull)
      return fail(response, new ProviderError(PROVIDER, 'more events than can be taken', { retryable: true }))
    response.events.push(event)
  }

  function ended(response: Going, end: ResponseEnd): void {
    const failed = failureOf(end, response.hasSaid)
    if (failed) return fail(response, failed)
    response.sound.end({ kind: 'whole' })
    take(response, { kind: 'end', end })
    response.events.close()
    finish(response)
  }

  function told(event: ServerEvent): void {
    switch (event.type) {
      case 'session.created':
      case 'session.updated':
        return
      case 'error':
        return refused(event.error)
      case 'input_audio_buffer.committed':
      case 'conversation.item.input_audio_transcription.delta':
      case 'conversation.item.input_audio_transcription.completed':
      case 'conversation.item.input_audio_transcription.failed':
        return events.transcription(event)
      case 'response.created':
        return created(event.response)
      case 'response.done': {
        const response = byId.get(event.response.id) ?? going.get(String(event.response.metadata?.[NAME]))
        return response && ended(response, event.response)
      }
      default: {
        // What still comes of a response that was cancelled is of nobody any more.
        const response = byId.get(event.response_id)
        if (response) more(response, event)
      }
    }
  }

  function created({ id, metadata }: ResponseEnd): void {
    const response = going.get(String(metadata?.[NAME]))
    // A response of ours that was cancelled before it had an id; others nobody asked for.
    if (!response) return socket.send({ type: 'response.cancel', response_id: id })
    response.id = id
    byId.set(id, response)
  }

  function more(response: Going, event: Extract<ServerEvent, { readonly response_id: string }>): void {
    switch (event.type) {
      case 'response.output_audio_transcript.delta':
        response.hasSaid = true
        response.sound.says(event.delta)
        return take(response, { kind: 'text', text: event.delta })
      case 'response.output_text.delta':
        response.hasSaid = true
        response.sound.writes()
        return take(response, { kind: 'text', text: event.delta })
      case 'response.output_audio.delta':
        if (!response.sound.add(event.delta)) {
          response.cancel()
          return fail(response, new ProviderError(PROVIDER, 'its sound does not end', { retryable: true }))
        }
        return take(response, { kind: 'sound' })
      case 'response.output_item.done': {
        const { type, status, name, call_id: id, arguments: args = '' } = event.item
        if (type !== 'function_call') return take(response, { kind: 'item-end' })
        if (status === 'incomplete' || name === undefined || id === undefined) return
        response.hasSaid = true
        take(response, { kind: 'call', id, name, arguments: args })
      }
    }
  }

  /** Its voice has said all that is wanted: whoever reads it has its end, too. */
  function letGo(response: Going): void {
    if (!going.has(response.name)) return
    take(response, { kind: 'end', end: { id: response.id ?? '' } })
    response.events.close()
    response.cancel()
  }

  function refused(error: Parameters<typeof errorOf>[0] & { readonly event_id?: string | null | undefined }): void {
    const id = error.event_id ?? ''
    const response = going.get(id)
    if (response) fail(response, errorOf(error))
    else if (id !== '') events.refused(id, errorOf(error), error.code ?? undefined)
  }

  const socket = realtimeSocket(
    settings,
    settings.session,
    {
      event: told,
      failed(error) {
        failure = error
        for (const response of [...going.values()]) fail(response, error)
        events.failed(error)
      },
    },
    clock,
    network,
  )

  return {
    ...socket,
    get failure() {
      return failure
    },
    isIdle: () => going.size === 0,
    respond(request, rest) {
      const name = `reply-${++names}`
      const response: Going = {
        name,
        id: undefined,
        hasSaid: false,
        events: new Queue<ResponseEvent>(MOST_EVENTS),
        sound: new ResponseSound(settings.voiceRateHz, () => letGo(response)),
        cancel() {
          if (!going.has(name)) return
          finish(response)
          const error = new ProviderError(PROVIDER, 'the response was cancelled', { retryable: true })
          response.sound.end({ kind: 'broken', error })
          if (response.id !== undefined) socket.send({ type: 'response.cancel', response_id: response.id })
        },
      }
      going.set(name, response)
      if (failure) fail(response, failure)
      // Out of band: the session's own conversation has nothing but utterances, so several may go on at once, and what
      // was not heard is in none of them.
      const out = { conversation: 'none', metadata: { [NAME]: name } }
      socket.send({ type: 'response.create', event_id: name, response: { ...out, ...rest, ...request(heard) } })
      return response
    },
    heard(item) {
      heard.push(item)
      for (const { id } of heard.splice(0, heard.length - MOST_HEARD))
        socket.send({ type: 'conversation.item.delete', item_id: id })
    },
  }
}
