import type { FastifyInstance } from 'fastify'

/** GET /healthz: the process is alive. GET /readyz: new calls are accepted, or 503 with the reasons why not. */
export function health(app: FastifyInstance, reasonsNotReady: () => Promise<readonly string[]>): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const reasons = await reasonsNotReady()
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons })
  })
}
