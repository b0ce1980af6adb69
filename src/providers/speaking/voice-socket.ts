import { WebSocket } from 'ws'
import type { Clock } from '../../conversation/ports.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { ProviderError } from '../../errors.ts'
import type { Network } from '../../network.ts'
import { webSocket } from '../live/web-socket.ts'

const OPEN_WITHIN_MS = 5_000
/** A vendor's own words of why it closed. */
const LONGEST_REASON = 200

/** What is told of a socket. Each may be called at any time until it has failed. */
export interface VoiceSocketEvents {
  /** One message. What it throws fails the socket. */
  received(data: Buffer, isBinary: boolean): void
  /** It is of no use any more. Called once, also after `close`. `wasOpen`: the server had accepted it. */
  failed(error: ProviderError, wasOpen: boolean): void
}

/** Where a socket goes. */
export interface VoiceSocketTarget {
  readonly provider: string
  /** http(s) or ws(s). */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly maxMessageBytes: number
  /** Whether a close with this code and reason may go better a moment later. Default: always. */
  readonly mayPass?: (code: number, reason: string) => boolean
}

/** A socket to a vendor that speaks. */
export interface VoiceSocket {
  /** As JSON. What is sent while it opens goes out when it is open; afterwards it is lost. */
  send(message: object): void
  /** It hangs: it is not closed but cut, since nobody would answer. */
  giveUp(why: string): void
  close(): void
}

/** Opens a socket by `ws`. It is given up when it is not open after 5 s. */
export function openVoiceSocket(
  { provider, url, headers, maxMessageBytes, mayPass = () => true }: VoiceSocketTarget,
  { received, failed }: VoiceSocketEvents,
  clock: Clock,
  { agent }: Network,
): VoiceSocket {
  const unsent: string[] = []
  const opening = new AbortController()
  let hasFailed = false
  let wasOpen = false
  const begun = webSocket(url.replace(/^http/, 'ws'), {
    headers,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    // Minutes of speech may come at once: one message in each turn of the event loop, so that other calls are served.
    allowSynchronousEvents: false,
    ...(agent && { agent }),
  })
  if (begun instanceof Error) {
    // Whoever asked for it must have it before it is told that it is over.
    queueMicrotask(() => fail(begun.message, false, begun.cause))
    return { send: () => undefined, giveUp: why => fail(why, true), close: () => undefined }
  }
  const socket = begun

  function fail(why: string, retryable: boolean, cause?: unknown): void {
    if (hasFailed) return
    hasFailed = true
    opening.abort()
    failed(new ProviderError(provider, why, { retryable, cause }), wasOpen)
  }

  async function expectOpen(): Promise<void> {
    await quietFor(OPEN_WITHIN_MS, clock, opening.signal)
    fail(`not open after ${OPEN_WITHIN_MS} ms`, true)
    socket.terminate()
  }

  expectOpen().catch(() => undefined)
  socket.on('open', () => {
    opening.abort()
    wasOpen = true
    for (const text of unsent.splice(0)) socket.send(text)
  })
  socket.on('message', (data, isBinary) => {
    if (hasFailed) return
    try {
      received(bytesOf(data), isBinary)
    } catch (cause) {
      fail(cause instanceof Error ? cause.message : String(cause), true, cause)
      socket.terminate()
    }
  })
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0
    fail(`refused with ${status}`, status === 408 || status === 429 || status >= 500)
    request.destroy()
  })
  socket.on('error', error => fail(error.message, true, error))
  socket.on('close', (code, bytes) => {
    const reason = bytes.toString().slice(0, LONGEST_REASON)
    fail(`closed with ${code} ${reason}`.trim(), mayPass(code, reason))
  })

  return {
    send(message) {
      const text = JSON.stringify(message)
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
      else if (socket.readyState === WebSocket.CONNECTING) unsent.push(text)
    },
    giveUp(why) {
      fail(why, true)
      socket.terminate()
    },
    close: () => (socket.readyState === WebSocket.CONNECTING ? socket.terminate() : socket.close(1000)),
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
