import { createHash, timingSafeEqual } from 'node:crypto'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isNotOurPage } from '../../own-pages/own-pages.ts'
import { type TaskServerParts, taskServer } from '../tools/mcp.ts'
import type { TaskToken } from './tokens.ts'

export interface TasksOverHttpParts extends Omit<TaskServerParts, 'ownerOf'> {
  readonly tokens: readonly TaskToken[]
  /** Origins of web pages that may call, such as `https://example.org`. Programs send no origin, and may call. */
  readonly origins: readonly string[]
  /** The time zone of tokens without one. */
  readonly zone: string
}

const PATH = '/tasks/mcp'
const MOST_BODY_BYTES = 64 * 1024
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const bound = z.object({ owner: z.string(), zone: z.string() })

/** Finds the token of `Authorization: Bearer …` in constant time, so that the timing reveals nothing about the tokens. */
function tokenLookup(tokens: readonly TaskToken[]): (header: string | undefined) => TaskToken | undefined {
  const known = tokens.map(token => ({ token, digest: digest(token.token) }))
  return header => {
    const given = digest(/^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '')
    return known.filter(one => timingSafeEqual(one.digest, given)).map(one => one.token)[0]
  }
}

/**
 * MCP over streamable HTTP at /tasks/mcp, for clients with a token. There are no sessions: each request gets a server of
 * its own, on any replica, so only POST is answered.
 */
export async function tasksOverHttp(app: FastifyInstance, parts: TasksOverHttpParts): Promise<void> {
  const holderOf = tokenLookup(parts.tokens)
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { owner, zone } = bound.parse(authInfo?.extra)
      return taskServer({ ...parts, ownerOf: () => ({ owner, zone }) })
    },
    { onerror: parts.onError, maxRequestBodySize: MOST_BODY_BYTES },
  )

  async function serve(request: FastifyRequest, reply: FastifyReply) {
    // Programs name no page: it is their token that lets them in.
    if (isNotOurPage(request, parts.origins, false)) {
      return reply.code(403).send({ error: 'this origin may not call' })
    }
    const holder = holderOf(request.headers.authorization)
    if (!holder) {
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a bearer token is needed' })
    }
    const disconnected = new AbortController()
    reply.raw.once('close', () => disconnected.abort())
    const asked = new Request(new URL(PATH, 'http://tasks'), {
      method: request.method,
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && name !== 'content-length' ? [[name, value]] : [],
      ),
      signal: disconnected.signal,
    })
    const { token, owner, zone = parts.zone } = holder
    const authInfo = { token, clientId: owner, scopes: [], extra: { owner, zone } }
    return reply.send(await handler.fetch(asked, { authInfo, parsedBody: request.body }))
  }

  await app.register(async scope => {
    // The rest of the server also accepts forms and plain text.
    scope.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    scope.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500
      if (status >= 500) parts.onError(error)
      return reply.code(status).send({ error: status < 500 ? error.message : 'internal' })
    })
    scope.route({ method: ['GET', 'POST', 'DELETE'], url: PATH, bodyLimit: MOST_BODY_BYTES, handler: serve })
    scope.addHook('onClose', () => handler.close())
  })
}
