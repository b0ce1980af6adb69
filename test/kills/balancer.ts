import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../src/conversation/ports.ts'

const ASKS_EVERY_MS = 500
const ANSWERS_WITHIN_MS = 1_000
const MOST_BODY_BYTES = 64 * 1024

/** A stream of a call that went through a door. Times are the Clock's. */
export interface CarriedStream {
  /** The server that held it. */
  readonly server: string
  readonly openedMs: number
  /** When the server last sent something on it. */
  readonly lastSentMs: number
  readonly closedMs: number | undefined
}

interface Carried extends CarriedStream {
  lastSentMs: number
  closedMs: number | undefined
  /** Neither side is told of the other's end. */
  isHalfOpen: boolean
}

/** A way in of its own for one call: so it is known which of its streams went where. */
export interface Door {
  readonly url: string
  readonly streams: () => readonly CarriedStream[]
  /** From now on neither side of the streams that are open is told when the other one ends, as where no packet comes through. */
  halfOpen(): void
  close(): Promise<void>
}

/**
 * Stands before several servers, as a load balancer does: requests and upgrades go to the server with the fewest open
 * connections of those that say that they are ready. A server that takes no connection is left out at once, and the next
 * one is tried; a request that was sent is never sent again (502).
 */
export interface Balancer {
  add(server: string): void
  remove(server: string): void
  door(): Promise<Door>
  close(): Promise<void>
}

interface Backend {
  readonly url: string
  readonly asking: AbortController
  isReady: boolean
  connections: number
}

export function openBalancer(clock: Clock): Balancer {
  const backends = new Map<string, Backend>()
  const doors = new Set<Door>()

  async function ask(backend: Backend): Promise<void> {
    const { signal } = backend.asking
    while (!signal.aborted) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)])
      backend.isReady = await fetch(`${backend.url}/readyz`, { signal: limit }).then(
        async response => {
          await response.body?.cancel()
          return response.ok
        },
        () => false,
      )
      await clock.sleep(ASKS_EVERY_MS, signal).catch(() => undefined)
    }
  }

  /** The ready ones, the idlest first. Where none is, any may do, as a server that ends still knows what comes next. */
  function candidates(): readonly Backend[] {
    const all = [...backends.values()].toSorted((one, other) => one.connections - other.connections)
    const ready = all.filter(({ isReady }) => isReady)
    return ready.length > 0 ? ready : all
  }

  function counted(backend: Backend, socket: Duplex): void {
    backend.connections++
    socket.once('close', () => backend.connections--)
  }

  function forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, left: readonly Backend[]): void {
    const [backend, ...others] = left
    if (!backend) return void outgoing.writeHead(503).end('no server is there')
    const { hostname, port } = new URL(backend.url)
    const { method, url: path, headers } = incoming
    let isConnected = false
    const asked = httpRequest({
      ...{ hostname, port, method, path, agent: false },
      headers: { ...headers, 'x-forwarded-for': incoming.socket.remoteAddress, connection: 'close' },
    })
    asked.once('socket', socket => {
      counted(backend, socket)
      socket.once('connect', () => {
        isConnected = true
      })
    })
    asked.once('response', answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.once('error', () => outgoing.destroy())
    })
    asked.once('error', () => {
      if (!isConnected) {
        backend.isReady = false
        forward(incoming, body, outgoing, others)
      } else if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end('the server broke the request off')
    })
    asked.end(body)
  }

  async function door(): Promise<Door> {
    const streams: Carried[] = []
    const sockets = new Set<Duplex>()
    const http = createServer((incoming, outgoing) => {
      readBody(incoming).then(
        body => forward(incoming, body, outgoing, candidates()),
        () => outgoing.writeHead(413).end(),
      )
    })

    function upgrade(incoming: IncomingMessage, near: Socket, head: Buffer, left: readonly Backend[]): void {
      const [backend, ...others] = left
      if (!backend) return void near.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
      const { hostname, port } = new URL(backend.url)
      const far = connect({ host: hostname, port: Number(port) })
      const refused = (): void => {
        backend.isReady = false
        upgrade(incoming, near, head, others)
      }
      far.once('error', refused)
      far.once('connect', () => {
        far.off('error', refused)
        counted(backend, far)
        const nowMs = clock.now()
        const times = { openedMs: nowMs, lastSentMs: nowMs, closedMs: undefined }
        const stream: Carried = { server: backend.url, ...times, isHalfOpen: false }
        streams.push(stream)
        sockets.add(far)
        far.on('data', () => {
          stream.lastSentMs = clock.now()
        })
        far.once('close', () => {
          sockets.delete(far)
          stream.closedMs ??= clock.now()
        })
        far.write(requestHead(incoming))
        far.write(head)
        join(near, far, stream)
      })
    }

    http.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    http.on('upgrade', (incoming, near, head) => upgrade(incoming, near as Socket, head, candidates()))
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    const opened: Door = {
      url: `http://127.0.0.1:${port}`,
      streams: () => streams,
      halfOpen() {
        for (const stream of streams) stream.isHalfOpen ||= stream.closedMs === undefined
      },
      async close() {
        doors.delete(opened)
        for (const socket of sockets) socket.destroy()
        await new Promise(resolve => http.close(resolve))
      },
    }
    doors.add(opened)
    return opened
  }

  return {
    add(url) {
      const backend: Backend = { url, asking: new AbortController(), isReady: true, connections: 0 }
      backends.set(url, backend)
      ask(backend)
    },
    remove(url) {
      backends.get(url)?.asking.abort()
      backends.delete(url)
    },
    door,
    async close() {
      for (const { asking } of backends.values()) asking.abort()
      await Promise.all([...doors].map(one => one.close()))
    },
  }
}

/** When one end is gone, so is the other; what broke on one side is broken off on the other. */
function join(near: Socket, far: Socket, stream: Carried): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.pipe(other, { end: false })
    one.once('end', () => {
      if (!stream.isHalfOpen) other.end()
    })
    one.once('error', () => {
      if (!stream.isHalfOpen) other.destroy()
    })
    one.once('close', () => {
      if (!stream.isHalfOpen) other.destroy()
      // What comes from who does not know is read, and lost.
      else other.unpipe(one).resume()
    })
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    bytes += chunk.length
    if (bytes > MOST_BODY_BYTES) throw new Error('the body is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function requestHead({ method, url, rawHeaders, socket }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
  return [`${method} ${url} HTTP/1.1`, ...lines, `X-Forwarded-For: ${socket.remoteAddress}`, '', ''].join('\r\n')
}
