import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { FetchLike } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import type { ServerLog } from '../running/tool-log.ts'
import { floodGauge } from './flood.ts'
import { LinkError } from './link-error.ts'

const MOST_ANSWER_BYTES = 4 * 1024 * 1024
const MOST_SOCKETS = 32
/** Sooner than most servers close an idle socket: a call must not be sent on one that is just being closed. */
const IDLE_MS = 4_000
const EVENT_END = /\r\n\r\n|\n\n|\r\r/

const sent = z.object({ id: z.union([z.string(), z.number()]).optional(), method: z.string().optional() })
const cancelled = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
})

export interface HttpFetchParts {
  readonly clock: Clock
  readonly log: ServerLog
}

/** Fetches for one MCP server over sockets of its own. */
export interface HttpFetch {
  readonly fetch: FetchLike
  /** Every socket is closed at once. */
  readonly destroy: () => void
}

/**
 * `fetch` by node:http, since the global one keeps its sockets for everybody and reads answers of any size. A request
 * that the client cancels is closed: the SDK only tells the server, and would keep the socket.
 */
export function httpFetch(url: string, { clock, log }: HttpFetchParts): HttpFetch {
  const isSecure = url.startsWith('https:')
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS }
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const open = new Map<string, ClientRequest>()
  const gauge = floodGauge(clock)

  /** The events of a stream, by the signs that end them. */
  function countEvents(chunk: Buffer): void {
    try {
      gauge(chunk.toString('latin1').split(EVENT_END).length - 1)
    } catch (error) {
      log.warn('has a stream broken off', String(error))
      throw error
    }
  }

  function closeCancelled(body: string): void {
    const told = cancelled.safeParse(parsed(body))
    if (told.success) open.get(String(told.data.params.requestId))?.destroy()
  }

  /** A server that has hung up on one idle socket has done so on all: the next request must not meet another. */
  function closeIdle(): void {
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
  }

  return {
    fetch: async (to, init = {}) => {
      const { method = 'GET', signal } = init
      const body = typeof init.body === 'string' ? init.body : undefined
      if (body !== undefined) closeCancelled(body)
      signal?.throwIfAborted()
      const make = isSecure ? requestHttps : requestHttp
      const request = make(to, {
        method,
        agent,
        headers: Object.fromEntries(new Headers(init.headers).entries()),
      })
      // Without an error: the socket would throw it when the answer has been read and nobody listens there.
      const abort = (): void => void request.destroy()
      signal?.addEventListener('abort', abort, { once: true })
      request.once('close', () => signal?.removeEventListener('abort', abort))
      request.once('error', () => request.reusedSocket && closeIdle())
      const id = body === undefined ? undefined : idOf(body)
      if (id !== undefined) {
        open.set(id, request)
        request.once('close', () => open.get(id) === request && open.delete(id))
      }
      return responseOf(await answered(request, body), countEvents)
    },
    destroy: () => agent.destroy(),
  }
}

/** The answer's head. Throws LinkError `unsent` if there was never a connection. */
function answered(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isConnected = false
    request.once('socket', socket => {
      if (!socket.connecting) isConnected = true
      if (socket.connecting)
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
          isConnected = true
        })
    })
    request.once('response', message => {
      // It may be broken off while nobody reads it; who reads it is told as well.
      message.on('error', () => undefined)
      resolve(message)
    })
    // Stays for as long as the request: an error after the head comes out of the body as well.
    request.on('error', error => {
      reject(isConnected ? error : new LinkError('unsent', `cannot be reached: ${error.message}`, error))
    })
    request.end(body)
  })
}

function responseOf(message: IncomingMessage, countEvents: (chunk: Buffer) => void): Response {
  const status = message.statusCode ?? 500
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const item of value ?? []) headers.append(name, item)
  }
  if (status === 204 || status === 205 || status === 304) {
    message.resume()
    return new Response(null, { status, headers })
  }
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  return new Response(bodyOf(message, isStream ? countEvents : undefined), { status, headers })
}

/** Breaks off an answer that is too large; a stream of events may go on for ever, if only each event is small. */
function bodyOf(
  message: IncomingMessage,
  countEvents: ((chunk: Buffer) => void) | undefined,
): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Buffer> = message[Symbol.asyncIterator]()
  let bytes = 0
  return new ReadableStream({
    async pull(controller) {
      const next = await chunks.next()
      if (next.done) return controller.close()
      const chunk = next.value
      try {
        countEvents?.(chunk)
      } catch (error) {
        message.destroy()
        throw error
      }
      const end = countEvents ? Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\r\n\r\n')) : -1
      bytes = end === -1 ? bytes + chunk.length : chunk.length - end
      if (bytes <= MOST_ANSWER_BYTES) return controller.enqueue(new Uint8Array(chunk))
      message.destroy()
      throw new Error(`an answer of more than ${MOST_ANSWER_BYTES} bytes`)
    },
    cancel: () => void message.destroy(),
  })
}

function idOf(body: string): string | undefined {
  const read = sent.safeParse(parsed(body))
  return read.success && read.data.method !== undefined && read.data.id !== undefined ? String(read.data.id) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
