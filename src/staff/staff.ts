import type {} from '@fastify/websocket'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Language } from '../conversation/language.ts'
import { askingOf } from './asking.ts'
import { auditRoutes } from './audit-routes.ts'
import { type AgainParts, againRoutes } from './calls/again.ts'
import { type NumberWords, numberWordsOf } from './calls/number-words.ts'
import { callPeaks } from './calls/peaks.ts'
import { type CallRoutesParts, callRoutes } from './calls/routes.ts'
import { type LiveRoutesParts, liveRoutes } from './live/routes.ts'
import { staffOpenApi } from './openapi.ts'
import { sendFailure } from './refusal.ts'
import { type SignInParts, signInRoutes } from './sign-in/routes.ts'

export interface StaffParts
  extends Omit<SignInParts, 'asking'>,
    Omit<CallRoutesParts, 'asking' | 'numberWords' | 'peaks'>,
    Omit<AgainParts, 'asking' | 'numberWords' | 'peaks'>,
    Omit<LiveRoutesParts, 'asking' | 'numberWords'> {
  /** In which callers may say a number. Asked for at the start where staff can sign in. */
  readonly languages: () => readonly Pick<Language, 'digits'>[]
  /** Origins whose pages may ask, such as `https://example.org`. */
  readonly origins: readonly string[]
  readonly version: string
  /** There is a way to sign in. Without one only `GET /staff/api/me` answers, and says how to set one up. */
  readonly isOpen: boolean
  readonly onError: (error: unknown) => void
}

const MOST_BODY_BYTES = 16 * 1024

/** Of all answers: nothing of them is kept, guessed to be something else, or used by a page of another site. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** REST for support staff under /staff/api, described at /staff/api/openapi.json. */
export async function staffOverRest(app: FastifyInstance, parts: StaffParts): Promise<void> {
  const asking = askingOf(parts)
  let known: NumberWords | undefined
  const numberWords = (): NumberWords => {
    known ??= numberWordsOf(parts.languages().map(({ digits }) => digits))
    return known
  }
  // Loading the languages takes 100 ms: no live call should wait for it.
  if (parts.isOpen) numberWords()
  const own = { ...parts, asking, numberWords, peaks: callPeaks() }
  const document = staffOpenApi(parts.version, parts.cookies.sessionName)

  await app.register(async scope => {
    scope.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    scope.setErrorHandler((error, _request, reply) => sendFailure(error, reply, parts.onError))
    scope.addHook('onRequest', async (_request, reply) => void reply.headers(HEADERS))
    scope.addHook('onRoute', route => {
      route.bodyLimit ??= MOST_BODY_BYTES
    })
    cutAtClose(scope)
    signInRoutes(scope, own)
    if (!parts.isOpen) return
    scope.get('/staff/api/openapi.json', async request => {
      await asking.who(request)
      return document
    })
    callRoutes(scope, own)
    againRoutes(scope, own)
    liveRoutes(scope, own)
    auditRoutes(scope, own)
  })
}

/** Ends the answers that are on their way when the server closes: a paused player reads none, and a run takes a minute. */
function cutAtClose(scope: FastifyInstance): void {
  const answering = new Set<FastifyReply['raw']>()
  scope.addHook('onRequest', async (request, { raw }) => {
    // Who listens to a live call is told by a code of the WebSocket.
    if (request.ws) return
    answering.add(raw)
    raw.once('close', () => answering.delete(raw))
  })
  scope.addHook('preClose', async () => {
    for (const raw of answering) raw.destroy()
  })
}
