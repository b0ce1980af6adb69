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
/** Shorter than most servers keep an idle socket, so that no call is sent on one that is just being closed. */
const IDLE_MS = 4_000
const EVENT_END = /\r\n\r\n|\n\n|\r\r/

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/
const meta = z.object({ _meta: z.object({ traceparent: z.string().regex(TRACEPARENT) }) })
const sent = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: meta.optional().catch(undefined),
})
const cancelled = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
})

export interface HttpFetchParts {
  readonly clock: Clock
  readonly log: ServerLog
}

/** `fetch` for one MCP server, over its own sockets. */
export interface HttpFetch {
  readonly fetch: FetchLike
  /** Closes every socket at once. */
  readonly destroy: () => void
}

/**
 * `fetch` over node:http, because the global one shares its sockets and reads answers of any size. A request that the
 * client cancels is closed: the SDK only notifies the server, and would keep the socket.
 */
export function httpFetch(url: string, { clock, log }: HttpFetchParts): HttpFetch {
  const isSecure = url.startsWith('https:')
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS }
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  const open = new Map<string, ClientRequest>()
  const gauge = floodGauge(clock)

  /** Counts the events of a stream by their separators. */
  function countEvents(chunk: Buffer): void {
    try {
      gauge(chunk.toString('latin1').split(EVENT_END).length - 1)
    } catch (error) {
      log.warn('has its stream closed', String(error))
      throw error
    }
  }

  function closeCancelled(body: string): void {
    const cancellation = cancelled.safeParse(parsed(body))
    if (cancellation.success) open.get(String(cancellation.data.params.requestId))?.destroy()
  }

  /** A server that closed one idle socket has probably closed all, so none of them is used again. */
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
      const asked = sent.safeParse(parsed(body ?? '')).data
      const { traceparent } = asked?.params?._meta ?? {}
      if (traceparent !== undefined) request.setHeader('traceparent', traceparent)
      // Without an error, which the socket would throw after the answer was read, when nothing listens for it.
      const abort = (): void => void request.destroy()
      signal?.addEventListener('abort', abort, { once: true })
      request.once('close', () => signal?.removeEventListener('abort', abort))
      request.once('error', () => request.reusedSocket && closeIdle())
      if (asked?.method !== undefined && asked.id !== undefined) {
        const id = String(asked.id)
        open.set(id, request)
        request.once('close', () => open.get(id) === request && open.delete(id))
      }
      return responseOf(await answered(request, body), countEvents)
    },
    destroy: () => agent.destroy(),
  }
}

/** The head of the answer. Throws LinkError `unsent` if there was never a connection. */
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
      // The body may fail while nobody reads it; its reader gets the error as well.
      message.on('error', () => undefined)
      resolve(message)
    })
    // Stays attached, because an error after the head also comes out of the body.
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

/** Fails if an answer is too large. A stream of events may be endless, if each event is small. */
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
