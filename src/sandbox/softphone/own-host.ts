import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** This machine's names for itself. A page that reached this port under another one was led here by a forged name. */
const OWN_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const NOT_HERE = 'This is for this machine alone: open it as http://127.0.0.1 or http://localhost, with its port.\n'
const HOST = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i

/** Whether a request's Host header has this machine's own name, with whatever port: it may have come through a tunnel. */
export function isOwnHost(host: string | undefined): host is string {
  const name = HOST.exec(host ?? '')?.[1]
  return name !== undefined && OWN_NAMES.has(name.toLowerCase())
}

/** Whether it comes from a page of this very host and port, or from a program that is no browser. */
function isOwnOrigin(origin: string | undefined, host: string): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}

/** Refuses whatever a page of another site may send here, and pages that reached this port under a forged name. */
export function ownPagesAlone(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers
    if (!isOwnHost(host) || !isOwnOrigin(origin, host)) return refuse(request, reply, 403, NOT_HERE)
  })
}

/** Refuses a request, and closes its connection where it asked for a WebSocket: no server counts that one as idle. */
export function refuse(request: FastifyRequest, reply: FastifyReply, status: number, why: string): FastifyReply {
  if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.socket.destroySoon())
  return reply.code(status).type('text/plain; charset=utf-8').send(why)
}
