import { isIP } from 'node:net'
import formbody from '@fastify/formbody'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { spokenTwiml } from './channels/phone/twiml.ts'
import { health } from './operations/health.ts'

export interface ServerParts {
  readonly log: Logger
  /** The code of the language of what Twilio says to callers. Default: English. */
  readonly language?: string
  /** The channels', and those that the agent's own work adds. */
  readonly routes: readonly ((app: FastifyInstance) => Promise<void>)[]
  readonly reasonsNotReady: () => Promise<readonly string[]>
  /** What is missing though calls are taken. */
  readonly degraded?: () => Promise<readonly string[]>
  /** Addresses and networks of proxies whose word for the client's address is taken. */
  readonly trustedProxies?: readonly string[]
}

/** Of one address, at all routes but Twilio's. */
const REQUESTS_A_MINUTE = { max: 300, timeWindow: 60_000 }
/** A household or a server has all addresses of one such IPv6 network. */
const CLIENT_NETWORK_BITS = 64
/** A message over 1 MiB closes the stream's socket; one over 64 KiB is dropped by the reader of messages. */
const MOST_MESSAGE_BYTES = 1024 * 1024
/** A peer that does not answer our close is not waited for longer. */
const CLOSE_TIMEOUT_MS = 2_000
const MOST_FORM_BYTES = 16 * 1024
/** Node looks at unfinished requests only every 30 s by itself, and gives the headers alone 60 s. */
const REQUEST_LIMITS = { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 }

/**
 * The address that a client's requests are counted by. A proxy that is trusted may write a port behind it, which is new
 * with each connection, or pass on what is no address: then its own is taken. A connection that is closed has none.
 */
export function addressOf({
  ip,
  socket,
}: Pick<FastifyRequest, 'socket'> & { readonly ip: string | undefined }): string {
  const named = /^\[([^\]]+)\](?::\d+)?$/.exec(ip ?? '')?.[1] ?? /^([\d.]+):\d+$/.exec(ip ?? '')?.[1] ?? ip ?? ''
  const address = isIP(named) > 0 ? named : (socket.remoteAddress ?? '')
  return normalizeIP(address, CLIENT_NETWORK_BITS)
}

/** The HTTP server with all its routes, not yet listening. Closing it does not end live calls. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { trustedProxies = [] } = parts
  const app = Fastify({
    bodyLimit: MOST_FORM_BYTES,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // Fastify sets this one on the server by itself, whatever `http` says.
    requestTimeout: REQUEST_LIMITS.requestTimeout,
    http: REQUEST_LIMITS,
    // An answer that is on its way still arrives.
    forceCloseConnections: 'idle',
  })
  await app.register(rateLimit, { ...REQUESTS_A_MINUTE, keyGenerator: addressOf })
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (_request, reply) =>
    reply.code(404).send({ error: 'not found' }),
  )
  const unavailable = spokenTwiml('unavailable.xml', parts.language ?? 'en')({})
  await app.register(formbody)
  // The types of ws do not know `closeTimeout` yet.
  const options = { maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS }
  await app.register(websocket, { options })
  socketsWhereTheyBelong(app)
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send({ error: error.message })
    parts.log.error({ err: error, path: request.routeOptions.url }, 'request failed')
    // A caller is on the line: Twilio must get something that it can say.
    const isWebhook = request.routeOptions.url?.startsWith('/calls/')
    return isWebhook ? reply.code(200).type('text/xml').send(unavailable) : reply.code(500).send({ error: 'internal' })
  })
  for (const route of parts.routes) await route(app)
  health(app, parts.reasonsNotReady, parts.degraded)
  return app
}

/**
 * Refuses a request for a WebSocket where there is none. Node hands over whatever has an Upgrade header, also a POST, and
 * then neither reads its body nor limits its time; the library would make a socket of a GET and close it.
 */
function socketsWhereTheyBelong(app: FastifyInstance): void {
  const routes = new Set<string>()
  app.addHook('onRoute', ({ url, wsHandler, websocket }) => void ((wsHandler || websocket) && routes.add(url)))
  app.addHook('onRequest', async (request, reply) => {
    const { url = '' } = request.routeOptions
    if (!request.ws || (request.method === 'GET' && routes.has(url))) return
    return reply.code(url === '' ? 404 : 400).send({ error: 'no WebSocket is here' })
  })
}

/** Takes no connection any more, and closes those that wait for a request; streams and requests that go on do so. */
export async function refuseAll({ server }: FastifyInstance): Promise<void> {
  server.close()
  server.closeIdleConnections()
}
