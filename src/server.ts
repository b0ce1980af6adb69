import formbody from '@fastify/formbody'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { twiml } from './channels/phone/twiml.ts'
import { health } from './operations/health.ts'

export interface ServerParts {
  readonly log: Logger
  /** The channels', and those that the agent's own work adds. */
  readonly routes: readonly ((app: FastifyInstance) => Promise<void>)[]
  readonly reasonsNotReady: () => Promise<readonly string[]>
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
  await app.register(rateLimit, { ...REQUESTS_A_MINUTE, ipv6Subnet: CLIENT_NETWORK_BITS })
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (_request, reply) =>
    reply.code(404).send({ error: 'not found' }),
  )
  const unavailable = twiml('unavailable.xml')({})
  await app.register(formbody)
  // The types of ws do not know `closeTimeout` yet.
  const options = { maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS }
  await app.register(websocket, { options })
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send({ error: error.message })
    parts.log.error({ err: error, path: request.routeOptions.url }, 'request failed')
    // A caller is on the line: Twilio must get something that it can say.
    const isWebhook = request.routeOptions.url?.startsWith('/calls/')
    return isWebhook ? reply.code(200).type('text/xml').send(unavailable) : reply.code(500).send({ error: 'internal' })
  })
  for (const route of parts.routes) await route(app)
  health(app, parts.reasonsNotReady)
  return app
}

/** Takes no connection any more, and closes those that wait for a request; streams and requests that go on do so. */
export async function refuseAll({ server }: FastifyInstance): Promise<void> {
  server.close()
  server.closeIdleConnections()
}
