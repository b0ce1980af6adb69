import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface PageParts {
  /** The built page: `BUILT_PAGE`, or a test's. */
  readonly folder: string
  /** Where browsers reach the LiveKit server, such as `wss://livekit.example.org`; undefined if there is none. */
  readonly livekitUrl: string | undefined
}

/** Where `npm run page` puts the page. */
export const BUILT_PAGE = join(import.meta.dirname, '../dist/web')

const NOT_BUILT = `The page is not built.

Install the development packages and build it, then reload:
  npm ci --include=dev
  npm run page
`
/** The names of files in this folder change with what is in them. */
const HASHED = '/assets/'
const YEAR_S = 31_536_000

/** The rule for styles. The console adds a word to it, since wavesurfer.js puts its own into a shadow tree. */
const STYLES = "style-src 'self'"
/** Stands in the console's page for a word that is new with each answer. */
const NONCE = '%NONCE%'
const NONCE_BYTES = 18

/** The page for browsers at `/`, and at `/screen` for one beside a phone call; the console for staff under `/staff`. */
export function page({ folder, livekitUrl }: PageParts) {
  const headers = securityHeaders(livekitUrl)
  return async (app: FastifyInstance): Promise<void> => {
    // In a scope of its own: the headers and `sendFile` are for these routes alone.
    await app.register(async scope => {
      scope.addHook('onSend', async (_request, reply) => {
        for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value)
      })
      const isBuilt = existsSync(join(folder, 'index.html'))
      if (isBuilt) {
        await scope.register(files, {
          ...{ root: folder, preCompressed: true, index: false, cacheControl: false, wildcard: false },
          // Their compressed forms are no files of their own.
          globIgnore: ['**/*.br', '**/*.gz', 'index.html', 'staff.html', 'softphone.html'],
          setHeaders: (response, path) => {
            if (path.includes(HASHED)) response.header('cache-control', `public, max-age=${YEAR_S}, immutable`)
          },
        })
      }
      const send = (reply: FastifyReply) => {
        reply.header('cache-control', 'no-cache')
        return isBuilt
          ? reply.sendFile('index.html')
          : reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
      }
      for (const path of ['/', '/screen']) scope.get(path, (_request, reply) => send(reply))

      const console = join(folder, 'staff.html')
      const html = existsSync(console) ? await readFile(console, 'utf8') : undefined
      const sendConsole = (reply: FastifyReply) => {
        reply.header('cache-control', 'no-store')
        if (html === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
        const nonce = randomBytes(NONCE_BYTES).toString('base64url')
        const policy = headers['content-security-policy']?.replace(STYLES, `${STYLES} 'nonce-${nonce}'`)
        return reply
          .headers({ ...headers, 'content-security-policy': policy })
          .type('text/html; charset=utf-8')
          .send(html.replaceAll(NONCE, nonce))
      }
      scope.get('/staff', (_request, reply) => sendConsole(reply))
      // Its own addresses, such as /staff/calls/CA1. What the API does not know is not a page.
      scope.get<{ Params: { '*': string } }>('/staff/*', (request, reply) =>
        /^api(?:\/|$)/.test(request.params['*']) ? reply.callNotFound() : sendConsole(reply),
      )
    })
  }
}

/**
 * The page takes nothing from elsewhere and talks to nobody but this server and LiveKit's. Its client asks LiveKit over
 * HTTP too, for the reason when it was refused.
 */
function securityHeaders(livekitUrl: string | undefined): Record<string, string> {
  const host = livekitUrl === undefined ? undefined : new URL(livekitUrl)
  const isSecure = host?.protocol === 'wss:' || host?.protocol === 'https:'
  const livekit = host
    ? [`${isSecure ? 'wss' : 'ws'}://${host.host}`, `${isSecure ? 'https' : 'http'}://${host.host}`]
    : []
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    STYLES,
    "img-src 'self'",
    "media-src 'self' blob:",
    ["connect-src 'self'", ...livekit].join(' '),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'microphone=(self), display-capture=(self)',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  }
}
