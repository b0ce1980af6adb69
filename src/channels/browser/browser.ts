import { createHmac, randomUUID } from 'node:crypto'
import type {} from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isNotOurPage } from '../../own-pages/own-pages.ts'
import type { AgentAt, CallHost } from '../call-host.ts'
import type { StartAvatar } from './avatar/avatar.ts'
import type { JoinRoom, LivekitAccess } from './room.ts'
import { openSession, type Session } from './session.ts'
import { backPasses, companionToken, personToken } from './tokens.ts'
import { livekitWebhook } from './webhook.ts'

/** What the page is told of the line before anybody talks. */
export interface LineFacts {
  readonly agent: string
  /** The number to ring instead. */
  readonly phoneNumber: string | null
  readonly tasks: boolean
  readonly records: boolean
  /** Speech is understood: without a speech-to-text key the sandbox knows recorded callers only. */
  readonly understands: boolean
  /** How a LiveKit server is started here, for those who have none. */
  readonly help: string | null
  readonly sight: { readonly sentTo: string; readonly model: string } | null
}

/** What comes of a code: the call that it leads to, or why none. */
export type Redeemed =
  | { readonly kind: 'right'; readonly callId: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'limited' }

export interface BrowserSettings {
  /** Undefined where no LiveKit server is set. */
  readonly access: LivekitAccess | undefined
  /** Signs the passes by which pages come back. */
  readonly secret: string
  /** Origins whose pages may talk, such as `https://example.org`. */
  readonly origins: readonly string[]
  readonly facts: LineFacts
  readonly join: JoinRoom
  /** Does a LiveKit server answer there? */
  readonly answers: (access: LivekitAccess, signal: AbortSignal) => Promise<boolean>
  /** Whose data the page is about: by its cookie, which is set where it has none. Undefined for one too many. */
  readonly ownerOf: (request: FastifyRequest, reply: FastifyReply) => Promise<string | undefined>
  /** Whose data a telephone number is about. */
  readonly ownerOfNumber: (number: string | undefined, callId: string) => string
  /** Spends the code of somebody who joins a telephone call to show a screen. `address` is whose wrong tries are counted. */
  readonly redeem: (code: string, address: string, at: Date) => Promise<Redeemed>
  readonly addressOf: (request: FastifyRequest) => string
  /** Which agent answers where there are several. */
  readonly agentAt?: AgentAt | undefined
  /** Brings the avatar of the agent of this name; undefined where it has none. */
  readonly avatarOf?: ((agent: string) => StartAvatar | undefined) | undefined
  /** Called before the first conversation in a room. */
  readonly prepare: () => Promise<void>
}

/** Of one address. Somebody who comes and goes needs a few. */
const ROOMS_A_MINUTE = { max: 20, timeWindow: 60_000 }
const MOST_BODY_BYTES = 4 * 1024
/** Of one address, right or wrong. */
const CODES_A_MINUTE = { max: 20, timeWindow: 60_000 }
const coded = z.strictObject({ code: z.string().regex(/^[0-9]{6}$/) })
const asked = z.strictObject({ back: z.string().max(2_000).optional(), agent: z.string().max(100).optional() })

/** A call, and its room, whose name is the call's id if none is given. */
interface Called {
  readonly callId: string
  /** The agent that the page asks for. */
  readonly agent?: string | undefined
  readonly roomName?: string
}

/** The browser channel: the routes that the page and LiveKit ask, and the sessions that this server holds, by call. */
export function browser(settings: BrowserSettings, host: CallHost) {
  const { access, origins, facts, join, ownerOf, ownerOfNumber } = settings
  const { log, signal, admission } = host
  const sessions = new Map<string, Session>()
  const opening = new Map<string, Promise<void>>()
  /** An id without the number that a trunk puts into its rooms' names. */
  const named = (roomName: string): string =>
    createHmac('sha256', settings.secret).update(`partyline sip room ${roomName}`).digest('hex').slice(0, 32)
  const passes = backPasses(settings.secret, () => host.clock.wallTime())

  /** Opens one session for a call, however many ask for it at once. */
  async function open(server: LivekitAccess, call: Called, owner: string | undefined): Promise<void> {
    const { callId } = call
    if (sessions.has(callId)) return
    const opened = opening.get(callId) ?? begin(server, call, owner).finally(() => opening.delete(callId))
    opening.set(callId, opened)
    await opened
  }

  async function begin(
    server: LivekitAccess,
    { callId, agent, roomName = callId }: Called,
    owner: string | undefined,
  ): Promise<void> {
    await settings.prepare()
    const session = await openSession(
      {
        ...{ host, join, callId, roomName, access: server },
        // Who came by a trunk sees nobody.
        startAvatar: owner === undefined ? undefined : settings.avatarOf?.(settings.agentAt?.({ named: agent }) ?? ''),
        ownerOf: ({ attributes }) => owner ?? ownerOfNumber(attributes['sip.phoneNumber'], callId),
        // A trunk tells the number that was called, and its headers where it is told to.
        agentOf: ({ attributes }) =>
          settings.agentAt?.({
            number: attributes['sip.trunkPhoneNumber'],
            named: agent ?? attributes['sip.h.x-agent'],
          }),
      },
      signal,
    )
    sessions.set(callId, session)
    void session.over.then(() => sessions.delete(callId))
  }

  async function room(request: FastifyRequest, reply: FastifyReply) {
    const body = asked.safeParse(request.body ?? {})
    if (!body.success)
      return refuse(reply, 400, 'invalid', 'A JSON object with `back` or `agent`, or none, is expected here.')
    if (!access) return refuse(reply, 503, 'no-livekit', 'No LiveKit server is set.')
    const owner = await ownerOf(request, reply)
    if (owner === undefined) return refuse(reply, 429, 'limited', 'Too many people have come from here today.')
    const before = passes.read(body.data.back, owner)
    const last = before === undefined ? undefined : sessions.get(before)
    // Its agent is leaving: to be sent to it would be to wait for nobody.
    if (last?.isEnding()) await last.over
    const isOver = before === undefined || (await host.store.factsOf(before)).next !== undefined
    const callId = isOver ? `web-${randomUUID()}` : before
    if (!admission.admit(callId)) {
      return admission.isStopped()
        ? refuse(reply, 503, 'stopping', 'The server is restarting. Please try again in a minute.')
        : refuse(reply, 503, 'busy', 'All lines are busy. Please try again soon.')
    }
    try {
      await open(access, { callId, agent: body.data.agent }, owner)
    } catch (error) {
      admission.forget(callId)
      log.warn({ call: callId, err: error }, 'no conversation in a room can be held')
      return refuse(reply, 503, 'no-livekit', 'The LiveKit server does not answer.')
    }
    return {
      url: access.url,
      token: await personToken(access, callId),
      back: passes.mint({ callId, owner }),
    }
  }

  async function companion(request: FastifyRequest, reply: FastifyReply) {
    const body = coded.safeParse(request.body ?? {})
    if (!body.success)
      return refuse(reply, 400, 'invalid', 'A JSON object with a `code` of six digits is expected here.')
    if (!access) return refuse(reply, 503, 'no-livekit', 'No LiveKit server is set.')
    const redeemed = await settings.redeem(body.data.code, settings.addressOf(request), host.clock.wallTime())
    switch (redeemed.kind) {
      case 'right':
        return { url: access.url, token: await companionToken(access, redeemed.callId) }
      case 'wrong':
        return refuse(reply, 404, 'wrong', 'This code is wrong, was used already, or is too old.')
      case 'limited':
        return refuse(reply, 429, 'limited', 'There were too many wrong codes. Please try again later.')
    }
  }

  return {
    sessions,
    /** The conversations that are held here and can go on at another server. */
    held: () =>
      [...sessions].flatMap(([callId, session]) => {
        const attempt = session.movable()
        return attempt === undefined ? [] : [{ callId, attempt }]
      }),
    /** Lets go of these conversations: their pages ask for them again, and whoever answers carries them on. */
    letGo(callIds: Iterable<string>, why: string): void {
      for (const callId of callIds) sessions.get(callId)?.letGo(why)
    },
    async routes(app: FastifyInstance): Promise<void> {
      await app.register(async scope => {
        scope.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
        scope.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
          const status = error.statusCode ?? 500
          if (status === 429) return refuse(reply, 429, 'limited', 'Please try again in a minute.')
          if (status < 500) return refuse(reply, status, 'invalid', error.message)
          log.warn({ err: error }, 'a page could not be answered')
          return refuse(reply, 503, 'unavailable', 'The line cannot be reached just now.')
        })
        const options = {
          bodyLimit: MOST_BODY_BYTES,
          // Not at once: the limit by address counts the request first, and then it may be refused.
          preParsing: async (request: FastifyRequest, reply: FastifyReply) => {
            reply.header('cache-control', 'no-store')
            // Otherwise a page of another site could talk with its visitor's cookie.
            if (isNotOurPage(request, origins)) await refuse(reply, 403, 'forbidden', 'This page may not ask for that.')
          },
        }
        scope.get('/api/line', options, async () => ({
          ...facts,
          livekit: access && (await settings.answers(access, signal)) ? 'ready' : 'none',
        }))
        scope.post('/api/room', { ...options, config: { rateLimit: ROOMS_A_MINUTE } }, room)
        scope.post('/api/companion', { ...options, config: { rateLimit: CODES_A_MINUTE } }, companion)
      })
      if (access)
        livekitWebhook(app, access, host, async roomName => {
          const callId = `sip-${named(roomName)}`
          if (!admission.admit(callId)) return
          await open(access, { callId, roomName }, undefined).catch(error => {
            admission.forget(callId)
            throw error
          })
        })
    },
  }
}

const refuse = (reply: FastifyReply, status: number, kind: string, message: string): FastifyReply =>
  reply.code(status).send({ error: { kind, message } })
