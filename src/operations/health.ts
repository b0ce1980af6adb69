import type { FastifyInstance } from 'fastify'

/** GET /healthz: the process lives. GET /readyz: new calls are welcome; 503 with the reasons while they are not. */
export function health(app: FastifyInstance, reasonsNotReady: () => readonly string[]): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const reasons = reasonsNotReady()
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons })
  })
}
