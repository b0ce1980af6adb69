import type { FastifyInstance } from 'fastify'

const none = async (): Promise<readonly string[]> => []

/**
 * GET /healthz: the process is alive. GET /readyz: new calls are accepted, or 503 with the reasons why not, and what is
 * missing though they are accepted.
 */
export function health(
  app: FastifyInstance,
  reasonsNotReady: () => Promise<readonly string[]>,
  isMissing: () => Promise<readonly string[]> = none,
): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const reasons = await reasonsNotReady()
    const degraded = await isMissing()
    const ready = reasons.length === 0
    return reply.code(ready ? 200 : 503).send({ ready, reasons, ...(degraded.length > 0 && { degraded }) })
  })
}
