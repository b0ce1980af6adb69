import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

export interface PageParts {
  /** The built page: `BUILT_PAGE`, or a test's. */
  readonly folder: string
  /** Where browsers reach the LiveKit server, such as `wss://livekit.example.org`; undefined if there is none. */
  readonly livekitUrl: string | undefined
  /** Browsers reach the page by https, and are told to come by nothing else. */
  readonly overHttps: boolean
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

const HALF_A_YEAR_S = 15_768_000
/**
 * Stands in the console's page for a word that is new with each answer: wavesurfer.js puts styles of its own into a shadow
 * tree.
 */
const NONCE = '%NONCE%'
const NONCE_BYTES = 18
const DEVICES = 'microphone=(self), display-capture=(self)'

/** The page for browsers at `/`, and at `/screen` for one beside a phone call; the console for staff under `/staff`. */
export function page({ folder, livekitUrl, overHttps }: PageParts) {
  return async (app: FastifyInstance): Promise<void> => {
    // In a scope of its own: the headers and `sendFile` are for these routes alone.
    await app.register(async scope => {
      await scope.register(helmet, {
        contentSecurityPolicy: contentPolicy(livekitUrl),
        xFrameOptions: { action: 'deny' },
        // Of this host alone: what else its domain serves is not ours to decide.
        strictTransportSecurity: overHttps && { maxAge: HALF_A_YEAR_S, includeSubDomains: false },
      })
      scope.addHook('onRequest', async (_request, reply) => void reply.header('permissions-policy', DEVICES))
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
        reply.helmet({ contentSecurityPolicy: contentPolicy(livekitUrl, [`'nonce-${nonce}'`]) })
        return reply.type('text/html; charset=utf-8').send(html.replaceAll(NONCE, nonce))
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
function contentPolicy(
  livekitUrl: string | undefined,
  moreStyles: readonly string[] = [],
): NonNullable<FastifyHelmetOptions['contentSecurityPolicy']> {
  const host = livekitUrl === undefined ? undefined : new URL(livekitUrl)
  const isSecure = host?.protocol === 'wss:' || host?.protocol === 'https:'
  const livekit = host
    ? [`${isSecure ? 'wss' : 'ws'}://${host.host}`, `${isSecure ? 'https' : 'http'}://${host.host}`]
    : []
  return {
    // The library's own set would upgrade what a laptop serves over http, and allow styles and fonts from anywhere.
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", ...moreStyles],
      imgSrc: ["'self'"],
      mediaSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'", ...livekit],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  }
}
