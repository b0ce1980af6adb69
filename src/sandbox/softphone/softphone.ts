import { existsSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { HoldingParts } from './held-call.ts'
import { serveLine } from './line-socket.ts'
import { refuse } from './own-host.ts'
import { openServerWatch, type WatchParts } from './rung-at.ts'

export interface SoftphoneParts extends HoldingParts, WatchParts {
  /** Where `npm run page` puts the pages. */
  readonly pageFolder: string
}

/** Where the built pages are, seen from this file. */
export const BUILT_PAGES = join(import.meta.dirname, '../../../dist/web')

const PAGE = 'softphone.html'
const NOT_BUILT = `The softphone is not built.

Install the development packages and build it, then reload:
  npm ci --include=dev
  npm run page
`
const YEAR_S = 31_536_000
const MOST_SOCKETS = 20
/** The words of a long call, corrected. */
const MOST_MESSAGE_BYTES = 512 * 1024

/** The page at `/`, its assets, and its line at `/softphone/line`. `signal` hangs up and closes all lines. */
export async function softphone(app: FastifyInstance, parts: SoftphoneParts, signal: AbortSignal): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
    // Whoever closes the server lets the lines end by their signal.
    preClose: done => done(),
  })
  await app.register(async scope => {
    await scope.register(files, {
      ...{ root: parts.pageFolder, serve: false, preCompressed: true, cacheControl: false },
      // Their names change with what is in them. One that is not there may be there soon.
      setHeaders(response, path) {
        if (path.includes('/assets/')) response.header('cache-control', `public, max-age=${YEAR_S}, immutable`)
      },
    })
    scope.get('/', (request, reply) => {
      withHeaders(reply, request.headers.host ?? '').header('cache-control', 'no-cache')
      return existsSync(join(parts.pageFolder, PAGE))
        ? reply.sendFile(PAGE)
        : reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
    })
    scope.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
      withHeaders(reply, request.headers.host ?? '').sendFile(`assets/${request.params['*']}`),
    )
    const watch = openServerWatch(parts)
    let open = 0
    scope.get(
      '/softphone/line',
      {
        websocket: true,
        preValidation: async (request, reply) => {
          if (open >= MOST_SOCKETS) return refuse(request, reply, 503, `At most ${MOST_SOCKETS} pages at a time.\n`)
        },
      },
      socket => {
        open++
        socket.once('close', () => open--)
        serveLine(socket, parts, watch, signal)
      },
    )
  })
}

/** The page takes nothing from elsewhere, and talks to nobody but this port. `host` was checked. */
function withHeaders(reply: FastifyReply, host: string): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    // Some browsers do not take a WebSocket to the same host for 'self'.
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return reply.headers({
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'microphone=(self), camera=(), display-capture=()',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
}
