import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import type { Settings } from './config.ts'
import type { Clock } from './conversation/ports.ts'
import type { PinDoors } from './pins/pin-doors.ts'
import { ownerOverRest } from './pins/rest.ts'
import { OWNER_PATHS } from './pins/rest-shapes.ts'
import type { TaskStore } from './tasks/store/store.ts'
import type { BrowserOwners } from './tasks/web/browser-owners.ts'
import { tasksOverHttp } from './tasks/web/http.ts'
import { newBrowserOwner, ownerCookies } from './tasks/web/owner-cookie.ts'
import { tasksOverRest } from './tasks/web/rest.ts'
import { readTokens } from './tasks/web/tokens.ts'

/** A household or a server has all addresses of one such IPv6 network. */
const addressOf = (request: FastifyRequest): string => normalizeIP(request.ip, 64)

interface TasksRoutesParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Logger
  readonly store: TaskStore
  readonly pins: PinDoors
  readonly owners: BrowserOwners
}

/**
 * The tasks for other programs (MCP, where there are tokens for it) and for the web page, which a PIN joins to a number.
 * Throws TokensError when the tokens' file is wrong.
 */
export async function tasksRoutes({ settings, clock, log, store, pins, owners }: TasksRoutesParts) {
  const parts = {
    store,
    clock,
    zone: settings.TIME_ZONE,
    origins: [new URL(settings.PUBLIC_URL).origin],
    onError: (error: unknown) => log.error({ err: error }, 'the Task Manager failed'),
  }
  const tokens = settings.TASKS_TOKENS_FILE === undefined ? [] : await readTokens(settings.TASKS_TOKENS_FILE)
  const cookies = ownerCookies(settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_URL.startsWith('https:'), pins.setAt)
  return async (app: FastifyInstance): Promise<void> => {
    await tasksOverHttp(app, { ...parts, tokens })
    await tasksOverRest(app, {
      ...parts,
      cookies,
      owners,
      addressOf,
      version: packageJson.version,
      morePaths: OWNER_PATHS,
    })
    await ownerOverRest(app, {
      ...parts,
      check: pins.check,
      cookieOf: cookies.write,
      newOwner: newBrowserOwner,
      addressOf,
    })
  }
}
