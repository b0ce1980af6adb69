import type {} from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallHost } from './call-host.ts'

const MOST_A_MINUTE = 60

/** The route's own limit counts what its vendor signed, too: all calls of a busy line come from few addresses. */
export const UNLIMITED = { config: { rateLimit: false } } as const

/**
 * Answers a request that the vendor did not sign: with `status`, and after many from one address with 429 and the end of
 * its connection. Signed requests are never counted.
 */
export type Unsigned = (request: FastifyRequest, reply: FastifyReply, status: number) => Promise<FastifyReply>

export function unsigned(app: FastifyInstance, host: Pick<CallHost, 'refused'>): Unsigned {
  const counted = app.createRateLimit({ max: MOST_A_MINUTE, timeWindow: 60_000 })
  return async (request, reply, status) => {
    host.refused(request.ip, request.url)
    const limit = await counted(request)
    if (limit.isAllowed || !limit.isExceeded) return reply.code(status).send('signature')
    return reply.code(429).headers({ 'retry-after': limit.ttlInSeconds, connection: 'close' }).send('too many')
  }
}

/** What cannot even be read, such as a body that is too long, nobody has signed: it counts, too. */
export function unreadable(scope: FastifyInstance, refused: Unsigned): void {
  scope.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode = 500 } = error
    if (statusCode >= 500) throw error
    return refused(request, reply, statusCode)
  })
}
