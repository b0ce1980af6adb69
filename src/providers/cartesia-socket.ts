import { WebSocket } from 'ws'
import type { Clock } from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import { quietFor } from '../conversation/quiet.ts'
import { ProviderError } from '../errors.ts'
import type { Network } from '../network.ts'
import { type CartesiaEvent, cartesiaEvent, errorOf } from './cartesia-events.ts'
import { webSocket } from './live/web-socket.ts'

const PROVIDER = 'Cartesia'
const API_VERSION = '2026-08-14'
const OPEN_WITHIN_MS = 5_000
/** A minute of speech. A longer message would take too long to read. */
const MOST_MESSAGE_BYTES = 1024 * 1024
/** A long reply in chunks of 100 ms, and its timestamps. */
const MOST_EVENTS = 3_000

/** What one context of the service tells of its speech. */
export type ContextEvent = Exclude<CartesiaEvent, { type: 'error' }>

/** Where the socket is, and what it is told. */
export interface CartesiaAccess {
  readonly apiKey: string
  readonly baseUrl: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** One connection to Cartesia's speech socket, for the contexts of one call. */
export interface CartesiaSocket {
  readonly isUsable: () => boolean
  /** Begins a context; its events end with `done` or throw ProviderError. */
  open(contextId: string): Queue<ContextEvent>
  send(request: object): void
  /** No more of this context is wanted; what is still on its way is dropped. */
  forget(contextId: string): void
  /** It hangs: everything on it fails, and it is not closed but cut, since nobody would answer. */
  giveUp(why: string): void
  close(): void
}

/**
 * Opens the socket by `ws`: the vendor's SDK forces TLS, loses what was registered when it reconnects, and waits for
 * ever on a dead socket. Requests made while it opens are sent when it is open.
 */
export function cartesiaSocket(
  { apiKey, baseUrl, traceparent }: CartesiaAccess,
  clock: Clock,
  { agent }: Network,
): CartesiaSocket {
  const contexts = new Map<string, Queue<ContextEvent>>()
  const unsent: string[] = []
  const opening = new AbortController()
  let failure: ProviderError | undefined
  const asked = webSocket(`${baseUrl.replace(/^http/, 'ws')}/tts/websocket`, {
    headers: {
      ...{ Authorization: `Bearer ${apiKey}`, 'cartesia-version': API_VERSION },
      ...(traceparent !== undefined && { traceparent }),
    },
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // Minutes of speech may come at once: one message in each turn of the event loop, so that other calls are served.
    allowSynchronousEvents: false,
    ...(agent && { agent }),
  })
  if (asked instanceof Error) {
    fail(asked.message, false, asked.cause)
    const nothing = (): void => undefined
    return { isUsable: () => false, open: begun, send: nothing, forget: nothing, giveUp: nothing, close: nothing }
  }
  const socket = asked

  function fail(why: string, retryable: boolean, cause?: unknown): void {
    failure ??= new ProviderError(PROVIDER, why, { retryable, cause })
    for (const context of contexts.values()) context.fail(failure)
    contexts.clear()
  }

  function begun(contextId: string): Queue<ContextEvent> {
    const events = new Queue<ContextEvent>(MOST_EVENTS)
    if (failure) events.fail(failure)
    else contexts.set(contextId, events)
    return events
  }

  function receive(data: string): void {
    let read: CartesiaEvent
    try {
      read = cartesiaEvent.parse(JSON.parse(data))
    } catch (cause) {
      // flush_done and types of tomorrow are none of ours; a broken message is known by the words that miss.
      if (cause instanceof SyntaxError) fail('a message that is not JSON', true, cause)
      return
    }
    if (read.type === 'error') {
      const error = errorOf(read)
      const failed = read.context_id ? [read.context_id] : contexts.keys()
      for (const id of failed) {
        contexts.get(id)?.fail(error)
        contexts.delete(id)
      }
      return
    }
    const contextId = read.context_id ?? ''
    const context = contexts.get(contextId)
    // A hole in the middle of a sentence would be worse than its end.
    if (context?.isFull) context.fail(new ProviderError(PROVIDER, 'more events than can be taken', { retryable: true }))
    else context?.push(read)
    if (read.type === 'done') {
      contexts.get(contextId)?.close()
      contexts.delete(contextId)
    }
  }

  async function expectOpen(): Promise<void> {
    await quietFor(OPEN_WITHIN_MS, clock, opening.signal)
    fail(`not open after ${OPEN_WITHIN_MS} ms`, true)
    socket.terminate()
  }

  expectOpen().catch(() => undefined)
  socket.on('open', () => {
    opening.abort()
    for (const text of unsent.splice(0)) socket.send(text)
  })
  socket.on('message', data => receive(String(data)))
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0
    fail(`refused with ${status}`, status === 429 || status >= 500)
    request.destroy()
  })
  socket.on('error', error => fail(error.message, true, error))
  socket.on('close', code => {
    opening.abort()
    fail(`closed with ${code}`, true)
  })

  return {
    isUsable: () => failure === undefined,
    open: begun,
    send(request) {
      const text = JSON.stringify(request)
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
      else if (socket.readyState === WebSocket.CONNECTING) unsent.push(text)
    },
    forget: contextId => void contexts.delete(contextId),
    giveUp(why) {
      fail(why, true)
      socket.terminate()
    },
    close: () => (socket.readyState === WebSocket.CONNECTING ? socket.terminate() : socket.close(1000)),
  }
}
