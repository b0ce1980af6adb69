import { createHash, timingSafeEqual } from 'node:crypto'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type TaskServerParts, taskServer } from '../tools/mcp.ts'
import type { TaskToken } from './tokens.ts'

export interface TasksOverHttpParts extends Omit<TaskServerParts, 'ownerOf'> {
  readonly tokens: readonly TaskToken[]
  /** Web pages that may call, such as `https://example.org`. Programs send no origin, and may. */
  readonly origins: readonly string[]
  /** The time zone of tokens without one. */
  readonly zone: string
}

const PATH = '/tasks/mcp'
const MOST_BODY_BYTES = 64 * 1024
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const bound = z.object({ owner: z.string(), zone: z.string() })

/** Reads `Authorization: Bearer …`; how long that takes says nothing about the tokens. */
function bearers(tokens: readonly TaskToken[]): (header: string | undefined) => TaskToken | undefined {
  const known = tokens.map(token => ({ token, digest: digest(token.token) }))
  return header => {
    const given = digest(/^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '')
    return known.filter(one => timingSafeEqual(one.digest, given)).map(one => one.token)[0]
  }
}

/**
 * MCP over streamable HTTP at /tasks/mcp, for every client that has a token. There are no sessions: each request is
 * served by a server of its own, on whichever replica, so only POST has a meaning.
 */
export async function tasksOverHttp(app: FastifyInstance, parts: TasksOverHttpParts): Promise<void> {
  const holderOf = bearers(parts.tokens)
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { owner, zone } = bound.parse(authInfo?.extra)
      return taskServer({ ...parts, ownerOf: () => ({ owner, zone }) })
    },
    { onerror: parts.onError, maxRequestBodySize: MOST_BODY_BYTES },
  )

  async function serve(request: FastifyRequest, reply: FastifyReply) {
    const { origin } = request.headers
    if (origin !== undefined && !parts.origins.includes(origin)) {
      return reply.code(403).send({ error: 'this origin may not call' })
    }
    const holder = holderOf(request.headers.authorization)
    if (!holder) {
      return reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'a bearer token is needed' })
    }
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const asked = new Request(new URL(PATH, 'http://tasks'), {
      method: request.method,
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && name !== 'content-length' ? [[name, value]] : [],
      ),
      signal: gone.signal,
    })
    const { token, owner, zone = parts.zone } = holder
    const authInfo = { token, clientId: owner, scopes: [], extra: { owner, zone } }
    return reply.send(await handler.fetch(asked, { authInfo, parsedBody: request.body }))
  }

  await app.register(async scope => {
    // Only JSON is taken, whatever the rest of the server takes.
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
