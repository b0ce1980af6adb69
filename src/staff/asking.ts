import type {} from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../conversation/ports.ts'
import { isNotOurPage } from '../own-pages/own-pages.ts'
import type { Role } from './api-shapes.ts'
import type { Audit, AuditAction } from './audit.ts'
import { Refusal } from './refusal.ts'
import type { StaffCookies } from './sign-in/cookies.ts'
import type { Session, Sessions } from './sign-in/sessions.ts'

export interface AskingParts {
  readonly clock: Clock
  readonly sessions: Sessions
  readonly audit: Audit
  readonly cookies: Pick<StaffCookies, 'sessions'>
  /** Origins whose pages may ask, such as `https://example.org`. */
  readonly origins: readonly string[]
}

/** Of one address, for what a page asks often: an office has one address. Each route counts for itself. */
export const ASKED_OFTEN = { config: { rateLimit: { max: 600, timeWindow: 60_000 } } } as const

/** Finds out who asks, and writes down what they do. */
export interface Asking {
  /**
   * Who asks, who must have this role. Throws a Refusal when nobody is signed in, when their role is another, or when
   * the page is another site's.
   */
  who(request: FastifyRequest, role?: Role): Promise<Session>
  /** The session of a request, with its token; undefined if there is none. */
  sessionOf(request: FastifyRequest): Promise<{ readonly session: Session; readonly token: string } | undefined>
  /** Throws a Refusal if the request comes from a page of another site, or changes something and names no page. */
  checkOrigin(request: FastifyRequest, changes?: boolean): void
  wrote(who: Session, action: AuditAction, callId?: string, detail?: string): Promise<void>
}

export function askingOf({ clock, sessions, audit, cookies, origins }: AskingParts): Asking {
  function checkOrigin(request: FastifyRequest, changes?: boolean): void {
    if (isNotOurPage(request, origins, changes)) throw new Refusal('forbidden', 'This page may not ask for that.')
  }

  async function sessionOf(request: FastifyRequest) {
    for (const token of cookies.sessions(request.headers.cookie)) {
      const session = await sessions.read(token, clock.wallTime())
      if (session) return { session, token }
    }
    return undefined
  }

  return {
    sessionOf,
    checkOrigin,
    async who(request, role = 'listener') {
      checkOrigin(request)
      const found = await sessionOf(request)
      if (!found) throw new Refusal('signed-out', 'Please sign in.')
      if (role === 'supervisor' && found.session.role !== role)
        throw new Refusal('forbidden', 'Only supervisors may do that.')
      return found.session
    },
    wrote: (who, action, callId, detail) => audit.write(who, action, clock.wallTime(), callId, detail),
  }
}

/** Aborts when the client goes away before its answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const disconnected = new AbortController()
  reply.raw.once('close', () => disconnected.abort(new Error('the client has left')))
  return disconnected.signal
}
