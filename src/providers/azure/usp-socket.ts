import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Clock } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import type { Network } from '../../network.ts'
import { webSocket } from '../live/web-socket.ts'
import type { AzurePlace } from './address.ts'
import { readUsp, type UspMessage, uspBinary, uspText } from './usp.ts'

export const AZURE = 'Azure Speech'
const OPEN_WITHIN_MS = 5_000
/** Some seconds of sound. */
const MOST_MESSAGE_BYTES = 1024 * 1024
/** How the service closes what it does not want again: wrong data, a wrong parameter, a quota that is used up. */
const FINAL_CLOSES: readonly number[] = [1002, 1003, 1007, 1008, 4000]
/** The service ends a connection after ten minutes, and one that is not used: nobody has failed. */
const PLAIN_CLOSES: readonly number[] = [1000, 1001, 1005]

export interface AzureAccess extends AzurePlace {
  readonly apiKey: string
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent?: string | undefined
}

/** Why a connection is over, and whether another one may do. */
export interface UspFailure {
  readonly why: string
  readonly retryable: boolean
  readonly cause?: unknown
}

export interface UspEvents {
  message(message: UspMessage): void
  /** The connection is over; undefined for an end that is nobody's failure. */
  over(failure: UspFailure | undefined): void
}

/** One connection to a service of Azure Speech. */
export interface UspSocket {
  readonly openedMs: number
  readonly isUsable: () => boolean
  /** Rejects where the connection does not come about; `over` has told why. */
  readonly opened: Promise<void>
  /** Sends the JSON or another text. What is sent while it opens waits. */
  text(path: string, requestId: string, body: string, contentType?: string): void
  sound(requestId: string, pcm: Uint8Array, contentType?: string): void
  close(): void
  /** It hangs: it is cut, since nobody would answer a close. */
  cut(): void
}

/** An id as the service wants it: 32 hex digits. */
export const uspId = (): string => randomUUID().replaceAll('-', '')

/** Opens the socket by `ws`: the vendor's SDK reconnects by itself, opens its own connections, and keeps time by itself. */
export function uspSocket(
  { apiKey, region, traceparent }: AzureAccess,
  url: URL,
  clock: Clock,
  { agent }: Network,
  events: UspEvents,
): UspSocket {
  const opening = new AbortController()
  const settled = Promise.withResolvers<void>()
  settled.promise.catch(() => undefined)
  const unsent: (string | Buffer)[] = []
  let isOver = false
  const begun = webSocket(url, {
    headers: {
      ...{ 'Ocp-Apim-Subscription-Key': apiKey, 'X-ConnectionId': uspId() },
      ...(traceparent !== undefined && { traceparent }),
    },
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // A whole reply may come at once: one message in each turn of the event loop, so that other calls are served.
    allowSynchronousEvents: false,
    ...(agent && { agent }),
  })
  if (begun instanceof Error) {
    // Whoever asked for it must have it before it is told that it is over.
    queueMicrotask(() => over({ why: begun.message, retryable: false, cause: begun.cause }))
    const nothing = (): void => undefined
    return {
      ...{ openedMs: clock.now(), isUsable: () => !isOver, opened: settled.promise },
      ...{ text: nothing, sound: nothing, close: () => over(), cut: () => over() },
    }
  }
  const socket = begun

  function over(failure?: UspFailure): void {
    if (isOver) return
    isOver = true
    opening.abort(new Error('it does not open any more'))
    events.over(failure)
    settled.reject(new Error('closed before it was open'))
  }

  const fail = (why: string, retryable: boolean, cause?: unknown): void => over({ why, retryable, cause })

  async function expectOpen(): Promise<void> {
    await quietFor(OPEN_WITHIN_MS, clock, opening.signal)
    fail(`not open after ${OPEN_WITHIN_MS} ms`, true)
    socket.terminate()
  }

  expectOpen().catch(() => undefined)
  socket.on('open', () => {
    opening.abort(new Error('it is open'))
    for (const data of unsent.splice(0)) socket.send(data)
    settled.resolve()
  })
  socket.on('message', (data: Buffer, isBinary) => {
    if (isOver) return
    const read = readUsp(data, isBinary)
    if (read) return events.message(read)
    fail('a message that cannot be read', true)
    socket.terminate()
  })
  socket.on('unexpected-response', (request, { statusCode: status = 0 }) => {
    const hint = status === 401 || status === 403 ? `: is the key one of the region ${region}?` : ''
    fail(`refused with ${status}${hint}`, status === 408 || status === 429 || status >= 500)
    request.destroy()
  })
  socket.on('error', error => fail(error.message, true, error))
  socket.on('close', (code, reason) => {
    if (PLAIN_CLOSES.includes(code)) over()
    else fail(`closed with ${code} ${String(reason)}`.trim(), !FINAL_CLOSES.includes(code))
  })

  function send(data: string | Buffer): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(data)
    else if (socket.readyState === WebSocket.CONNECTING) unsent.push(data)
  }

  return {
    openedMs: clock.now(),
    isUsable: () => !isOver,
    opened: settled.promise,
    text(path, requestId, body, contentType = 'application/json') {
      send(uspText({ path, requestId, contentType, at: clock.wallTime() }, body))
    },
    sound(requestId, pcm, contentType) {
      const headers = { path: 'audio', requestId, at: clock.wallTime() }
      send(uspBinary(contentType === undefined ? headers : { ...headers, contentType }, pcm))
    },
    close() {
      over()
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else socket.close(1000)
    },
    cut() {
      over()
      socket.terminate()
    },
  }
}
