import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { Network } from '../../network.ts'
import { failureIn } from '../chat/failure.ts'
import { jsonIn } from '../http-answer.ts'
import type { SttEvents } from '../stt-session.ts'
import { webSocket } from './web-socket.ts'

/** A minute of words, with their times. A longer message would take too long to read. */
const MOST_MESSAGE_BYTES = 256 * 1024
/** What may wait to be sent: a service that takes no more sound is dead. */
const MOST_UNSENT_BYTES = 1024 * 1024
/** Of the page that comes with a refusal. */
const MOST_REFUSAL_BYTES = 4_096
const LONGEST_QUOTE = 200

/** What is known of a vendor's socket before it is opened. */
export interface SocketWire {
  /** http, https, ws or wss. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The W3C trace context of the call, where calls are traced. */
  readonly traceparent: string | undefined
  readonly onText: (text: string) => void
  /** Whether a session that the service has closed with this code may succeed a moment later. */
  readonly isPassing: (code: number, reason: string) => boolean
}

/** A socket of `ws` that tells `events` how it ends, and bounds what comes and what waits to go. */
export interface VendorSocket {
  /** Both throw an Error when the socket is not open, or when the service has stopped to take anything. */
  sendText(message: object): void
  sendBytes(bytes: Uint8Array): void
  /** Asks for a sign of life, which is told as heard. */
  ping(): void
  /** Closes it, after a last message if it is open. */
  close(last?: object): void
}

export function vendorSocket(wire: SocketWire, { agent }: Network, { heard, failed }: SttEvents): VendorSocket {
  const { traceparent } = wire
  const begun = webSocket(wire.url.replace(/^http/, 'ws'), {
    headers: { ...wire.headers, ...(traceparent !== undefined && { traceparent }) },
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    // One message in each turn of the event loop, so that other calls are served.
    allowSynchronousEvents: false,
    ...(agent && { agent }),
  })
  if (begun instanceof Error) {
    const { message } = begun
    failed(message, false, begun.cause)
    const send = (): never => {
      throw new Error(message)
    }
    return { sendText: send, sendBytes: send, ping: () => undefined, close: () => undefined }
  }
  const socket = begun
  socket.on('message', data => {
    try {
      wire.onText(String(data))
    } catch (error) {
      // An answer to a message that came while the socket closes cannot be sent.
      failed(error instanceof Error ? error.message : String(error), true, error)
    }
  })
  socket.on('pong', () => heard())
  socket.on('error', error => failed(error.message, true, error))
  socket.on('close', (code, reason) =>
    failed(`closed with ${code} ${reason}`.trim(), wire.isPassing(code, `${reason}`)),
  )
  socket.on('unexpected-response', (request, response) => {
    refusalOf(response).then(
      ({ why, retryable }) => {
        failed(why, retryable)
        request.destroy()
      },
      error => failed(String(error), true, error),
    )
  })

  function send(data: string | Uint8Array): void {
    if (socket.readyState !== WebSocket.OPEN) throw new Error('the socket is not open')
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) throw new Error('the service takes no more sound')
    socket.send(data)
  }

  return {
    sendText: message => send(JSON.stringify(message)),
    sendBytes: send,
    ping: () => socket.readyState === WebSocket.OPEN && socket.ping(),
    close(last) {
      if (socket.readyState === WebSocket.CONNECTING) return socket.terminate()
      if (last && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(last))
      socket.close(1000)
    },
  }
}

/** Why a handshake was refused, in the service's words. */
async function refusalOf(response: IncomingMessage): Promise<{ readonly why: string; readonly retryable: boolean }> {
  let page = ''
  for await (const chunk of response) {
    page += String(chunk)
    if (page.length > MOST_REFUSAL_BYTES) break
  }
  const status = response.statusCode ?? 0
  const told = failureIn(jsonIn(page))
  const words = told?.message ?? page.trim().slice(0, LONGEST_QUOTE)
  const isPassing = status === 408 || status === 429 || status >= 500
  return {
    why: `refused with ${status}${words === '' ? '' : `: ${words}`}`,
    retryable: isPassing && told?.code !== 'insufficient_quota',
  }
}
