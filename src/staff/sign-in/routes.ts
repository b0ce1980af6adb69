import type {} from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../conversation/ports.ts'
import { type Me, signIn } from '../api-shapes.ts'
import type { Asking } from '../asking.ts'
import type { Audit } from '../audit.ts'
import { checked, Refusal } from '../refusal.ts'
import type { StaffCookies } from './cookies.ts'
import type { Oidc } from './oidc.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions } from './sessions.ts'

export interface SignInParts {
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  readonly asking: Asking
  readonly sessions: Sessions
  readonly audit: Audit
  readonly cookies: StaffCookies
  readonly passwords: Passwords
  readonly oidc: Oidc | undefined
  readonly addressOf: (request: FastifyRequest) => string
  /** How to set up a way to sign in, where there is none. */
  readonly help: string | null
}

/** Of one address, over all roles. */
const TRIES_A_MINUTE = { max: 20, timeWindow: 60_000 }
const LONGEST_QUERY = 4_000
const PAGE = '/staff'

/** GET /staff/api/me, POST /staff/api/sign-in and sign-out, and the way by an OpenID Connect provider. */
export function signInRoutes(app: FastifyInstance, parts: SignInParts): void {
  const { clock, log, asking, sessions, audit, cookies, passwords, oidc, addressOf } = parts
  const limited = { config: { rateLimit: TRIES_A_MINUTE } }

  async function begin(reply: FastifyReply, who: Me, proof: string, way: string): Promise<void> {
    const { token } = await sessions.begin(who, proof, clock.wallTime())
    await audit.write(who, 'signed-in', clock.wallTime(), undefined, way)
    reply.header('set-cookie', cookies.session(token))
  }

  app.get('/staff/api/me', async (request, reply) => {
    asking.checkOrigin(request)
    const found = await asking.sessionOf(request)
    if (found) return { name: found.session.name, role: found.session.role }
    return reply.code(401).send({
      error: { kind: 'signed-out', message: 'Please sign in.' },
      ways: { oidc: oidc !== undefined, password: passwords.isSet },
      help: parts.help,
    })
  })

  app.post('/staff/api/sign-in', limited, async (request, reply) => {
    asking.checkOrigin(request)
    const { name, role, password } = checked(signIn, request.body)
    if (!passwords.isSet) throw new Refusal('forbidden', 'There are no passwords here.')
    const address = addressOf(request)
    const check = await passwords.check(role, password, address, clock.wallTime())
    switch (check.kind) {
      case 'right':
        await begin(reply, { name, role }, passwords.proofOf(role) ?? '', 'password')
        return { name, role }
      case 'wrong':
        log.warn({ role, waitMs: check.waitMs, pii: { address, name } }, 'wrong password of the staff')
        await audit.write({ name, role }, 'sign-in-refused', clock.wallTime())
        throw new Refusal('wrong-password', 'The password is not right.')
      case 'locked':
        throw new Refusal(
          'limited',
          'There were too many wrong tries. Please try again later.',
          Math.ceil(check.waitMs / 1_000),
        )
      case 'busy':
        throw new Refusal('limited', 'Please try again in a moment.', 2)
    }
  })

  app.post('/staff/api/sign-out', async (request, reply) => {
    asking.checkOrigin(request)
    const found = await asking.sessionOf(request)
    if (found) {
      await sessions.end(found.token)
      await audit.write(found.session, 'signed-out', clock.wallTime())
    }
    reply.header('set-cookie', cookies.noSession())
    return reply.code(204).send()
  })

  if (!oidc) return

  /** People see the page again, which says what went wrong. */
  const backWith = (reply: FastifyReply, problem: 'not-reached' | 'not-allowed' | 'failed') =>
    reply.redirect(`${PAGE}?problem=${problem}`)

  app.get('/staff/api/oidc/start', limited, async (_request, reply) => {
    try {
      const { url, kept } = await oidc.start()
      reply.header('set-cookie', cookies.oidc(kept))
      return await reply.redirect(url)
    } catch (error) {
      log.warn({ err: error }, 'the OpenID Connect provider cannot be reached')
      return backWith(reply, 'not-reached')
    }
  })

  app.get('/staff/api/oidc/back', limited, async (request, reply) => {
    const query = request.url.split('?')[1]?.slice(0, LONGEST_QUERY) ?? ''
    const answer = await oidc.finish(query, cookies.keptForOidc(request.headers.cookie))
    reply.header('set-cookie', cookies.noOidc())
    switch (answer.kind) {
      case 'right':
        await begin(reply, { name: answer.name, role: answer.role }, oidc.proof, 'OpenID Connect')
        return reply.redirect(PAGE)
      case 'no-role':
        await audit.write(
          { name: answer.name, role: 'none' },
          'sign-in-refused',
          clock.wallTime(),
          undefined,
          'no role',
        )
        return backWith(reply, 'not-allowed')
      case 'failed':
        log.warn({ why: answer.why, pii: { address: addressOf(request) } }, 'a sign-in by OpenID Connect failed')
        return backWith(reply, 'failed')
    }
  })
}
