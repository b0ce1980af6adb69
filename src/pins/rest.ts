import type {} from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { isNotOurPage } from '../own-pages/own-pages.ts'
import type { PinDoors } from './pin-doors.ts'
import type { PinCheck } from './pins.ts'
import { joining, type refused } from './rest-shapes.ts'

export interface OwnerOverRestParts {
  readonly check: PinDoors['check']
  /** The address that tries are counted by. */
  readonly addressOf: (request: FastifyRequest) => string
  /** Origins whose pages may call, such as `https://example.org`. */
  readonly origins: readonly string[]
  /** The Set-Cookie header that binds a browser to this owner. */
  readonly cookieOf: (owner: string) => Promise<string>
  /** A new owner, for a browser that belongs to no number. */
  readonly newOwner: () => string
  readonly onError: (error: unknown) => void
}

const MOST_BODY_BYTES = 1024
/** A check costs 40 ms of a core, so checks run one after the other, and only as many wait as are done in a second. */
const MOST_WAITING = 20
const BUSY_SECONDS = 2
/** Of one address, at all numbers. */
const TRIES_A_MINUTE = { max: 20, timeWindow: 60_000 }

type Kind = z.infer<typeof refused>['error']['kind']
const problem = (kind: Kind, message: string): z.infer<typeof refused> => ({ error: { kind, message } })

/**
 * POST /api/owner joins the browser to a phone number by its PIN, DELETE leaves the number. No answer reveals which
 * numbers have a PIN.
 */
export async function ownerOverRest(app: FastifyInstance, parts: OwnerOverRestParts): Promise<void> {
  const { cookieOf, newOwner } = parts
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  async function inTurn(check: () => Promise<PinCheck>): Promise<PinCheck> {
    waiting++
    const checked = last.then(check)
    last = checked.catch(() => undefined)
    return checked.finally(() => {
      waiting--
    })
  }

  async function refuseOthers(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.header('cache-control', 'no-store')
    // Otherwise a page of another site could join its visitor to a number of its choice.
    if (isNotOurPage(request, parts.origins))
      await reply.code(403).send(problem('forbidden', 'This page may not ask for that.'))
  }

  async function join(request: FastifyRequest, reply: FastifyReply) {
    const asked = joining.safeParse(request.body)
    if (!asked.success) {
      const said = asked.error.issues.map(({ path, message }) => `${path.join('.') || 'the request'}: ${message}`)
      return reply.code(400).send(problem('invalid', said.join('; ')))
    }
    if (waiting >= MOST_WAITING) {
      return reply.code(429).header('retry-after', BUSY_SECONDS).send(problem('busy', 'Please try again in a moment.'))
    }
    const { number, pin } = asked.data
    const door = { kind: 'web', address: parts.addressOf(request) } as const
    const check = await inTurn(() => parts.check(number, door, pin))
    switch (check.kind) {
      case 'right':
        return reply
          .code(204)
          .header('set-cookie', await cookieOf(number))
          .send()
      case 'wrong':
        return reply.code(403).send(problem('forbidden', 'The number or the PIN is not right.'))
      case 'locked':
        return reply
          .code(429)
          .header('retry-after', Math.ceil(check.forMs / 1_000))
          .send(problem('locked', 'There were too many wrong tries. Please try again later.'))
    }
  }

  await app.register(async scope => {
    scope.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    scope.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500
      if (status === 429) return reply.code(status).send(problem('busy', 'Please try again in a minute.'))
      // The parser's message may quote the body, which contains the PIN.
      if (status < 500) return reply.code(status).send(problem('invalid', 'Only a small JSON object is accepted here.'))
      parts.onError(error)
      return reply.code(503).send(problem('unavailable', 'The PIN cannot be checked just now.'))
    })
    // Not at once: the limit by address counts the request first, and then it may be refused.
    const options = { bodyLimit: MOST_BODY_BYTES, preParsing: refuseOthers }
    scope.post('/api/owner', { ...options, config: { rateLimit: TRIES_A_MINUTE } }, join)
    scope.delete('/api/owner', options, async (_request, reply) =>
      reply
        .code(204)
        .header('set-cookie', await cookieOf(newOwner()))
        .send(),
    )
  })
}
