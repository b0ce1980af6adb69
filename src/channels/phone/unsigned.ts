import type {} from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallHost } from '../call-host.ts'

const MOST_A_MINUTE = 60

/**
 * Answers a request that Twilio did not sign: 403, and after many from one address 429 and the end of its connection.
 * Signed requests are never counted, because all calls of a busy line come from few addresses.
 */
export type Unsigned = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

export function unsigned(app: FastifyInstance, host: Pick<CallHost, 'refused'>): Unsigned {
  const counted = app.createRateLimit({ max: MOST_A_MINUTE, timeWindow: 60_000 })
  return async (request, reply) => {
    host.refused(request.ip, request.url)
    const limit = await counted(request)
    if (limit.isAllowed || !limit.isExceeded) await reply.code(403).send('signature')
    else await reply.code(429).headers({ 'retry-after': limit.ttlInSeconds, connection: 'close' }).send('too many')
  }
}
