import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { IANAZone } from 'luxon'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { isNotOurPage } from '../../own-pages/own-pages.ts'
import { sayTask } from '../say.ts'
import { type Problem, shown, type TaskAnswer } from '../store/answer.ts'
import type { AskingChange } from '../store/asking.ts'
import { createTask, deleteTask, updateTask } from '../store/change.ts'
import { listTasks } from '../store/look.ts'
import { KeyReused, type TaskStore } from '../store/store.ts'
import { undoLastChange } from '../store/undo.ts'
import { type BrowserOwners, MOST_TASKS_OF_BROWSER } from './browser-owners.ts'
import { inTurn, TooBusy } from './in-turn.ts'
import { KEY_HEADER, openApi, ZONE_HEADER } from './openapi.ts'
import { BROWSER_OWNER, newBrowserOwner, type OwnerCookies } from './owner-cookie.ts'
import { cursorAfter, listQuery, newTask, skippedBy, taskChange, taskPath } from './rest-shapes.ts'

export interface TasksOverRestParts {
  readonly store: TaskStore
  readonly clock: Clock
  readonly cookies: OwnerCookies
  readonly owners: BrowserOwners
  /** The address that new owners are counted by. */
  readonly addressOf: (request: FastifyRequest) => string
  /** Origins whose pages may use the tasks, such as `https://example.org`. */
  readonly origins: readonly string[]
  /** The IANA time zone for pages that send none. */
  readonly zone: string
  readonly version: string
  /** More paths for the OpenAPI document. */
  readonly morePaths?: Readonly<Record<string, object>>
  readonly onError: (error: unknown) => void
}

const MOST_BODY_BYTES = 64 * 1024
/** Lists that wait for each other, so that a flood of requests does not hold up the calls. */
const MOST_WAITING = 50
const STATUS: Readonly<Record<Problem, number>> = {
  none: 404,
  nothing: 404,
  several: 409,
  full: 409,
  unclear: 422,
  unavailable: 503,
  unknown: 503,
}
const isBrowsers = (owner: string): boolean => owner.startsWith(BROWSER_OWNER)
const key = z.string().regex(/^[\x20-\x7e]{1,200}$/)

/** The request is invalid or not allowed. `kind` is for programs, the message for their developers. */
class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly kind: 'invalid' | 'forbidden' | 'limited'

  constructor(status: number, kind: 'invalid' | 'forbidden' | 'limited', message: string) {
    super(message)
    this.status = status
    this.kind = kind
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const said = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the request'}: ${message}`)
  throw new Refusal(400, 'invalid', said.join('; '))
}

/** REST at /api/tasks for the web page, described at /api/openapi.json. The owner is in a signed cookie. */
export async function tasksOverRest(app: FastifyInstance, parts: TasksOverRestParts): Promise<void> {
  const { store, clock, cookies, owners } = parts
  const listing = inTurn(MOST_WAITING)
  const document = openApi(parts.version, cookies.name, parts.morePaths)

  /** Identifies the owner. A browser without a valid cookie gets a new one. */
  async function asking(request: FastifyRequest, reply: FastifyReply): Promise<AskingChange> {
    const { cookie, [ZONE_HEADER]: zone, [KEY_HEADER]: given } = request.headers
    if (isNotOurPage(request, parts.origins)) throw new Refusal(403, 'forbidden', 'This page may not use the tasks.')
    if (zone !== undefined && (typeof zone !== 'string' || !IANAZone.isValidZone(zone))) {
      throw new Refusal(400, 'invalid', `${ZONE_HEADER}: must be a time zone such as Europe/Berlin`)
    }
    const known = await cookies.read(cookie)
    const owner = known ?? newBrowserOwner()
    if (known === undefined) reply.header('set-cookie', await cookies.write(owner))
    else if (isBrowsers(owner)) await owners.used(owner, clock.wallTime())
    reply.header('cache-control', 'no-store')
    const at = { now: clock.wallTime(), zone: zone ?? parts.zone }
    return { store, owner, key: given === undefined ? randomUUID() : checked(key, given), at }
  }

  /** Throws a Refusal when a browser that belongs to no number may not have one more task. */
  async function admit({ owner, at }: AskingChange, request: FastifyRequest): Promise<void> {
    if (!(await owners.admit(owner, parts.addressOf(request), at.now))) {
      throw new Refusal(429, 'limited', 'Too many new lists were made from here today. Please try again tomorrow.')
    }
    const { pending, completed } = await store.of(owner).totals()
    if (pending + completed >= MOST_TASKS_OF_BROWSER) {
      throw new Refusal(409, 'limited', 'This page can keep no more tasks. Delete some, or join it to a phone number.')
    }
    await owners.trimChanges(owner)
  }

  async function answer(reply: FastifyReply, run: Promise<TaskAnswer>, status = 200) {
    const { problem, ...answered } = await run
    if (problem === undefined) return reply.code(status).send(answered)
    return reply.code(STATUS[problem]).send({ error: { kind: problem, message: answered.say } })
  }

  await app.register(async scope => {
    scope.removeContentTypeParser(['application/x-www-form-urlencoded', 'text/plain'])
    scope.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
      if (error instanceof Refusal) {
        if (error.status === 429) reply.header('retry-after', 3_600)
        return reply.code(error.status).send({ error: { kind: error.kind, message: error.message } })
      }
      if (error instanceof KeyReused) {
        return reply.code(409).send({ error: { kind: 'invalid', message: `${KEY_HEADER}: ${error.message}` } })
      }
      if (error.statusCode !== undefined && error.statusCode < 500) {
        const kind = error.statusCode === 429 ? 'limited' : 'invalid'
        return reply.code(error.statusCode).send({ error: { kind, message: error.message } })
      }
      if (!(error instanceof TooBusy)) parts.onError(error)
      return reply.code(503).send({ error: { kind: 'unavailable', message: 'Your tasks cannot be reached just now.' } })
    })
    scope.addHook('onRoute', route => {
      route.bodyLimit = MOST_BODY_BYTES
    })

    scope.get('/api/openapi.json', async () => document)

    scope.get('/api/tasks', async (request, reply) => {
      const asked = await asking(request, reply)
      const { filter, limit, cursor } = checked(listQuery, request.query)
      const skip = cursor === undefined ? 0 : (skippedBy(cursor) ?? 0)
      const page = await listing(() => listTasks(asked, { filter, most: limit, skip }))
      return { ...page, next: page.more ? cursorAfter(skip + page.tasks.length) : null }
    })

    scope.post('/api/tasks', async (request, reply) => {
      const asked = await asking(request, reply)
      const wanted = checked(newTask, request.body)
      if (isBrowsers(asked.owner)) await admit(asked, request)
      return answer(reply, createTask(asked, wanted), 201)
    })

    scope.post('/api/tasks/undo', async (request, reply) => answer(reply, undoLastChange(await asking(request, reply))))

    scope.get('/api/tasks/:id', async (request, reply) => {
      const { owner, at } = await asking(request, reply)
      const task = await store.of(owner).byId(checked(taskPath, request.params).id)
      const none: TaskAnswer = { say: 'There is no such task.', problem: 'none' }
      return answer(reply, Promise.resolve(task ? { say: sayTask(task, at), task: shown(task, at) } : none))
    })

    scope.patch('/api/tasks/:id', async (request, reply) => {
      const asked = await asking(request, reply)
      const meant = checked(taskPath, request.params)
      if (isBrowsers(asked.owner)) await owners.trimChanges(asked.owner)
      return answer(reply, updateTask(asked, meant, checked(taskChange, request.body)))
    })

    scope.delete('/api/tasks/:id', async (request, reply) =>
      answer(reply, deleteTask(await asking(request, reply), checked(taskPath, request.params))),
    )
  })
}
