import { WebSocket } from 'ws'
import type { Clock } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { webSocket } from '../live/web-socket.ts'
import { type ClientEvent, PROVIDER, type ServerEvent, serverEvent } from './events.ts'
import { endsSession, errorOf } from './failures.ts'

const OPEN_WITHIN_MS = 5_000
/** The server sends nothing while nobody speaks, so it is asked for a sign of life. */
const PING_EVERY_MS = 4_000
const STALLED_MS = 10_000
/** Half a minute of sound in one event is more than any server sends. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024
/** A minute of the caller's sound waits to be sent: the server does not read. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024

export interface RealtimeAccess {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  /** Sent with the session, so that the service's records can be matched with ours. */
  readonly callId: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** What the socket tells. Nothing more comes after `failed`. */
export interface SocketEvents {
  /** Also errors that end nothing. */
  event(event: ServerEvent): void
  failed(error: ProviderError): void
}

/** One session of the Realtime API. */
export interface RealtimeSocket {
  readonly openedAtMs: number
  /** The server has taken the session's settings at some time. */
  readonly wasReady: () => boolean
  readonly isUsable: () => boolean
  /** What is sent before the session is ready is sent then. */
  send(event: ClientEvent): void
  close(): void
}

/**
 * Opens a session by `ws`: the vendor's SDK forces TLS and throws what comes while nobody listens. `settings` is the
 * session that `session.update` asks for; the session is ready once the server has taken it.
 */
export function realtimeSocket(
  { apiKey, baseUrl, model, callId, traceparent }: RealtimeAccess,
  settings: object,
  events: SocketEvents,
  clock: Clock,
  { agent }: Network,
): RealtimeSocket {
  const life = new AbortController()
  const openedAtMs = clock.now()
  let unsent: ClientEvent[] = []
  let isReady = false
  let hasFailed = false
  let heardAtMs = clock.now()
  const url = `${baseUrl.replace(/^http/, 'ws')}/realtime?model=${encodeURIComponent(model)}`
  const begun = webSocket(url, {
    headers: {
      ...{ Authorization: `Bearer ${apiKey}`, 'X-Client-Request-Id': callId },
      ...(traceparent !== undefined && { traceparent }),
    },
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // Sound comes faster than it is played: one message in each turn of the event loop, so that other calls are served.
    allowSynchronousEvents: false,
    ...(agent && { agent }),
  })
  if (begun instanceof Error) {
    // Whoever asked for it must have it before it is told that it is over.
    queueMicrotask(() => {
      if (hasFailed || life.signal.aborted) return
      hasFailed = true
      events.failed(new ProviderError(PROVIDER, begun.message, { retryable: false, cause: begun.cause }))
    })
    return {
      ...{ openedAtMs, wasReady: () => false, isUsable: () => !hasFailed && !life.signal.aborted },
      ...{ send: () => undefined, close: end },
    }
  }
  const socket = begun

  function end(): void {
    life.abort(new Error('the session is over'))
    unsent = []
  }

  function fail(why: string | ProviderError, retryable = true, cause?: unknown): void {
    if (hasFailed || life.signal.aborted) return
    hasFailed = true
    end()
    socket.terminate()
    events.failed(typeof why === 'string' ? new ProviderError(PROVIDER, why, { retryable, cause }) : why)
  }

  function sendNow(event: ClientEvent): void {
    if (socket.readyState !== WebSocket.OPEN) return
    socket.send(JSON.stringify(event))
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) fail('the server does not read')
  }

  function receive(data: string): void {
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch (cause) {
      return fail('a message that is not JSON', true, cause)
    }
    const read = serverEvent.safeParse(value)
    // Types of tomorrow are none of ours; what is missing in a broken event is missed by whoever waits for it.
    if (!read.success) return
    const event = read.data
    if (event.type === 'session.created') return sendNow({ type: 'session.update', session: settings })
    if (event.type === 'session.updated' && !isReady) {
      isReady = true
      for (const waiting of unsent.splice(0)) sendNow(waiting)
    }
    // Before the session is ready an error can only mean that the server refuses its settings.
    if (event.type === 'error' && (endsSession(event.error) || !isReady)) return fail(errorOf(event.error))
    events.event(event)
  }

  async function expectReady(): Promise<void> {
    await quietFor(OPEN_WITHIN_MS, clock, life.signal)
    if (!isReady) fail(`the session is not open after ${OPEN_WITHIN_MS} ms`)
  }

  async function ping(): Promise<void> {
    while (true) {
      await clock.sleep(PING_EVERY_MS, life.signal)
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    }
  }

  async function watch(): Promise<void> {
    await quietFor(STALLED_MS, clock, life.signal, () => heardAtMs)
    fail(`no message for ${STALLED_MS} ms`)
  }

  const isOver = (): boolean => hasFailed || life.signal.aborted
  for (const work of [expectReady, ping, watch]) work().catch(() => undefined)
  socket.on('message', data => {
    heardAtMs = clock.now()
    if (!isOver()) receive(String(data))
  })
  socket.on('pong', () => {
    heardAtMs = clock.now()
  })
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0
    request.destroy()
    fail(`refused with ${status}`, status === 429 || status >= 500)
  })
  socket.on('error', error => fail(error.message, true, error))
  socket.on('close', (code, reason) => fail(`closed with ${code} ${String(reason)}`.trim()))

  return {
    openedAtMs,
    wasReady: () => isReady,
    isUsable: () => !isOver(),
    send(event) {
      if (isOver()) return
      if (isReady) sendNow(event)
      else unsent.push(event)
    },
    close() {
      const isOpen = socket.readyState === WebSocket.OPEN
      end()
      if (isOpen) socket.close(1000)
      else socket.terminate()
    },
  }
}
