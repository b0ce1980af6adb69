import { Agent, type ClientRequestArgs, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Network } from '../../src/network.ts'
import { MemorySocket } from './memory-socket.ts'

/** Servers by host name, joined in memory: real HTTP and WebSocket messages, no port. */
export interface MemoryNetwork extends Network {
  /** Makes a server reachable as `http://HOST`; resolves with that address. */
  serve(host: string, app: FastifyInstance): Promise<string>
  /** The same for a server that is not Fastify's. */
  join(host: string, server: Server): string
  /** Connections that are open. */
  connections(): number
}

export function memoryNetwork(): MemoryNetwork {
  const servers = new Map<string, Server>()
  const open = new Set<MemorySocket>()

  class MemoryAgent extends Agent {
    override createConnection({ host }: ClientRequestArgs): Duplex {
      const server = servers.get(host ?? '')
      if (!server) return refused(host ?? '')
      const [near, far] = MemorySocket.pair()
      for (const end of [near, far]) {
        open.add(end)
        end.once('close', () => open.delete(end))
      }
      setImmediate(() => server.emit('connection', far))
      return near
    }
  }
  const agent = new MemoryAgent()
  function join(host: string, server: Server): string {
    servers.set(host, server)
    return `http://${host}`
  }
  return {
    agent,
    fetch: (input, init) => fetchBy(agent, new Request(input, init)),
    async serve(host, app) {
      await app.ready()
      return join(host, app.server)
    },
    join,
    connections: () => open.size,
  }
}

function refused(host: string): Duplex {
  const socket = new MemorySocket()
  const error = Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: 'ECONNREFUSED' })
  setImmediate(() => socket.destroy(error))
  return socket
}

/** `fetch` over this agent; like the real one it rejects with a TypeError when no answer comes. */
async function fetchBy(agent: Agent, request: Request): Promise<Response> {
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined
  const { method, signal } = request
  const headers = Object.fromEntries(request.headers)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(request.url, { method, headers, agent, signal })
    outgoing.on('response', incoming => resolve(responseOf(incoming)))
    outgoing.on('error', cause => reject(signal.aborted ? signal.reason : new TypeError('fetch failed', { cause })))
    outgoing.end(body)
  })
}

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = incoming
  const flat = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  const isEmpty = status === 204 || status === 304
  if (isEmpty) incoming.resume()
  // Node's own types tell the two kinds of web streams apart; they are one.
  const body = isEmpty ? null : (Readable.toWeb(incoming) as unknown as ReadableStream)
  return new Response(body, { status, headers: flat })
}
