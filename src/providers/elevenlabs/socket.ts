import type { Clock } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { openVoiceSocket } from '../speaking/voice-socket.ts'
import { type ContextEvent, mayPass, PROVIDER, readEvent } from './events.ts'

/** A minute of speech. A longer message would take too long to read. */
const MOST_MESSAGE_BYTES = 8 * 1024 * 1024
/** A long reply in small chunks. */
const MOST_EVENTS = 3_000
/** The service takes five, and closes the socket when there are more. A cancelled one counts until it has ended. */
const MOST_CONTEXTS = 4
/** The longest that the service allows, in seconds. */
const INACTIVITY_S = 180
/** A socket that closes sooner was not closed for being idle. */
const IDLE_MS = 60_000
/** Models that can be told which language they speak; others find it out, and refuse to be told. */
const TOLD_LANGUAGE = /_v2_5$/

/** Where the socket is, and what it is told. */
export interface ElevenLabsAccess {
  readonly apiKey: string
  /** http(s) or ws(s). */
  readonly baseUrl: string
  readonly voiceId: string
  readonly model: string
  readonly rateHz: number
  /** BCP 47. */
  readonly language: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** One connection to the multi-context socket, for the contexts of one call. */
export interface ElevenLabsSocket {
  /** A context can be begun: it has not failed, and not too many contexts are under way. */
  isUsable(): boolean
  /** Begins a context; its events end with `final` or throw ProviderError. */
  open(contextId: string): Queue<ContextEvent>
  send(contextId: string, message: object): void
  /** No more of this context is wanted; what is still on its way is dropped. */
  forget(contextId: string): void
  /** It hangs: everything on it fails. */
  giveUp(why: string): void
  /** Closes it when its last context is forgotten. No context can be begun any more. */
  retire(): void
  close(): void
}

/**
 * Opens the multi-context socket. `onClosed` is called once, when it is of no use any more. `idle`: the service closed it
 * because nobody spoke for minutes.
 */
export function elevenLabsSocket(
  access: ElevenLabsAccess,
  clock: Clock,
  network: Network,
  onClosed: (idle: boolean) => void,
): ElevenLabsSocket {
  const contexts = new Map<string, Queue<ContextEvent>>()
  /** Those that the service has not ended. */
  const underWay = new Set<string>()
  let failure: ProviderError | undefined
  let isRetired = false
  const openedMs = clock.now()

  function fail(error: ProviderError): void {
    failure ??= error
    for (const context of contexts.values()) context.fail(error)
    contexts.clear()
  }

  function receive(text: string): void {
    const event = readEvent(text)
    if (!event) return
    const { contextId } = event
    if (event.kind === 'error') {
      // Of an error of no context the service closes the socket next.
      if (contextId === undefined) return fail(event.error)
      underWay.delete(contextId)
      contexts.get(contextId)?.fail(event.error)
      contexts.delete(contextId)
      return
    }
    const context = contexts.get(contextId ?? '')
    // A hole in the middle of a sentence would be worse than its end.
    if (context?.isFull) context.fail(new ProviderError(PROVIDER, 'more events than can be taken', { retryable: true }))
    else context?.push(event)
    if (event.kind !== 'final') return
    underWay.delete(contextId ?? '')
    context?.close()
  }

  const { apiKey, traceparent } = access
  const socket = openVoiceSocket(
    {
      provider: PROVIDER,
      url: urlOf(access),
      headers: { 'xi-api-key': apiKey, ...(traceparent !== undefined && { traceparent }) },
      maxMessageBytes: MOST_MESSAGE_BYTES,
      mayPass,
    },
    {
      received: data => receive(String(data)),
      failed(error, wasOpen) {
        const wasIdle = wasOpen && contexts.size === 0 && failure === undefined && !isRetired
        fail(error)
        onClosed(wasIdle && error.retryable && clock.now() - openedMs > IDLE_MS)
      },
    },
    clock,
    network,
  )
  const closeIfDone = (): void => {
    if (isRetired && contexts.size === 0) socket.close()
  }

  return {
    isUsable: () => failure === undefined && !isRetired && underWay.size < MOST_CONTEXTS,
    open(contextId) {
      const events = new Queue<ContextEvent>(MOST_EVENTS)
      if (failure) events.fail(failure)
      else contexts.set(contextId, events)
      return events
    },
    send(contextId, message) {
      underWay.add(contextId)
      socket.send({ ...message, context_id: contextId })
    },
    forget(contextId) {
      contexts.delete(contextId)
      closeIfDone()
    },
    giveUp: why => socket.giveUp(why),
    retire() {
      isRetired = true
      closeIfDone()
    },
    close() {
      isRetired = true
      socket.close()
    },
  }
}

function urlOf({ baseUrl, voiceId, model, rateHz, language }: ElevenLabsAccess): string {
  const query = new URLSearchParams({
    model_id: model,
    output_format: `pcm_${rateHz}`,
    // Clauses come as wholes: to buffer them would only cost time.
    auto_mode: 'true',
    sync_alignment: 'true',
    inactivity_timeout: String(INACTIVITY_S),
    ...(TOLD_LANGUAGE.test(model) && { language_code: language.split('-')[0] ?? language }),
  })
  return `${baseUrl}/v1/text-to-speech/${encodeURIComponent(voiceId)}/multi-stream-input?${query}`
}
