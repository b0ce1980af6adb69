import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import packageJson from '../package.json' with { type: 'json' }
import { pageOrigins } from './browser-settings.ts'
import type { Settings } from './config.ts'
import type { Clock } from './conversation/ports.ts'
import type { PinDoors } from './pins/pin-doors.ts'
import { ownerOverRest } from './pins/rest.ts'
import { OWNER_PATHS } from './pins/rest-shapes.ts'
import { isOwnHost } from './sandbox/softphone/own-host.ts'
import { addressOf } from './server.ts'
import { sayDue } from './tasks/dates/due.ts'
import { loggedFailures } from './tasks/failures.ts'
import type { TaskStore } from './tasks/store/store.ts'
import type { BrowserOwners } from './tasks/web/browser-owners.ts'
import { tasksOverHttp } from './tasks/web/http.ts'
import { BROWSER_OWNER, newBrowserOwner, type OwnerCookies } from './tasks/web/owner-cookie.ts'
import { tasksOverRest } from './tasks/web/rest.ts'
import { readTokens } from './tasks/web/tokens.ts'

interface TasksRoutesParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Logger
  readonly store: TaskStore
  readonly pins: PinDoors
  readonly owners: BrowserOwners
  readonly cookies: OwnerCookies
}

/**
 * The tasks for other programs (MCP, where there are tokens for it) and for the web page, which a PIN joins to a number.
 * Throws TokensError when the tokens' file is wrong.
 */
export async function tasksRoutes({ settings, clock, log, store, pins, owners, cookies }: TasksRoutesParts) {
  const parts = {
    store,
    clock,
    zone: settings.TIME_ZONE,
    origins: pageOrigins(settings.PUBLIC_URL),
    onError: loggedFailures(log),
  }
  const tokens = settings.TASKS_TOKENS_FILE === undefined ? [] : await readTokens(settings.TASKS_TOKENS_FILE)
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

/** The number of a caller, or the call where it is withheld: whose tasks they are. */
const OWNER = z.object({ owner: z.string().regex(/^(?:\+[1-9]\d{6,14}|CA[0-9a-f]{32})$/) })
const MOST_SHOWN = 50

/**
 * GET /sandbox/tasks?owner=NUMBER: a caller's tasks, for the softphone. Only for a server whose Twilio is the sandbox's,
 * because such a server listens on this machine alone; and only under this machine's own name, whatever a page of
 * another site makes of its own.
 */
export function sandboxTasks({
  store,
  clock,
  settings,
  keepsTasks,
}: Pick<TasksRoutesParts, 'store' | 'clock' | 'settings'> & { readonly keepsTasks: boolean }) {
  return async (app: FastifyInstance): Promise<void> => {
    // Whose agent keeps no tasks does not tell of an empty list.
    if (!keepsTasks) return
    app.get('/sandbox/tasks', async (request, reply) => {
      const asked = OWNER.safeParse(request.query)
      if (!isOwnHost(request.headers.host)) return reply.code(403).send({ error: 'only under this machine’s own name' })
      if (!asked.success)
        return reply.code(400).send({ error: 'owner: must be a number like +15550100042, or a call’s id' })
      const at = { now: clock.wallTime(), zone: settings.TIME_ZONE }
      const tasks = await store.of(asked.data.owner).list('all', MOST_SHOWN, at)
      return {
        tasks: tasks.map(({ due, title, status, createdAt }) => ({
          title,
          due: due && sayDue(due, at),
          status,
          createdAt,
        })),
      }
    })
  }
}

/**
 * Whose tasks a page's conversation is about, by its cookie, which is set where it has none. Undefined when too many
 * new pages came from its address today.
 */
export function ownerOfPage({ clock, owners, cookies }: Pick<TasksRoutesParts, 'clock' | 'owners' | 'cookies'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> => {
    const known = await cookies.read(request.headers.cookie)
    const owner = known ?? newBrowserOwner()
    const isAdmitted = !owner.startsWith(BROWSER_OWNER) || owners.admit(owner, addressOf(request), clock.wallTime())
    if (!(await isAdmitted)) return undefined
    if (known === undefined) reply.header('set-cookie', await cookies.write(owner))
    return owner
  }
}
