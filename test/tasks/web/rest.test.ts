import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { type TaskStore, tasksIn } from '../../../src/tasks/store/store.ts'
import { browserOwnersIn } from '../../../src/tasks/web/browser-owners.ts'
import { ownerCookies } from '../../../src/tasks/web/owner-cookie.ts'
import { tasksOverRest } from '../../../src/tasks/web/rest.ts'
import { failed } from '../../../src/tasks/web/rest-shapes.ts'
import { NOW, ZONE } from '../tasks.ts'

const ORIGIN = 'https://page.example'
const clock: Clock = { ...systemClock, wallTime: () => NOW }
const noPin = async (): Promise<undefined> => undefined
const cookies = ownerCookies('a secret of the server', true, noPin)

async function served(changed?: TaskStore) {
  const errors: unknown[] = []
  const database = await openDatabase('sqlite::memory:')
  onTestFinished(() => database.close())
  const store = await tasksIn(database)
  const owners = await browserOwnersIn(database, 'a secret of the server', NOW)
  // As behind a proxy: the address is the one that the request names.
  const app = Fastify({ trustProxy: true })
  await app.register(formbody)
  await tasksOverRest(app, {
    store: changed ?? store,
    owners,
    addressOf: request => request.ip,
    clock,
    cookies,
    origins: [ORIGIN],
    zone: ZONE,
    version: '1.2.3',
    onError: error => errors.push(error),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const rows = async (): Promise<number> => {
    const counts = ['tasks', 'task_owners', 'task_changes', 'browser_owners'].map(async table => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.db)
      return Number(rows[0]?.n)
    })
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }
  return { origin: app.listeningOrigin, errors, rows }
}

const answer = z.record(z.string(), z.unknown())

/** A browser, which stores the cookie that it gets. */
function browser(origin: string, first?: string) {
  let cookie = first
  return async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        origin: ORIGIN,
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const set = response.headers.get('set-cookie')
    if (set !== null) cookie = set.split(';')[0]
    return { status: response.status, set, body: answer.parse(await response.json()) }
  }
}
const withTask = z.object({ task: z.object({ id: z.string() }) })

test('a browser adds, sees, changes and deletes its tasks, and undoes changes', async () => {
  const { origin } = await served()
  const ask = browser(origin)
  const made = await ask('POST', '/api/tasks', { title: 'Buy milk', due: 'tomorrow at five' })
  expect(made).toMatchObject({ status: 201, body: { say: 'Added: Buy milk, due tomorrow at five.' } })
  const { id } = withTask.parse(made.body).task
  expect((await ask('GET', `/api/tasks/${id}`)).body).toMatchObject({ task: { title: 'Buy milk' } })
  const changed = await ask('PATCH', `/api/tasks/${id}`, { status: 'completed', due: null, notes: 'two' })
  expect(changed.body).toMatchObject({ task: { status: 'completed', due: null, notes: 'two' } })
  expect((await ask('PATCH', `/api/tasks/${id}`, { due: { kind: 'day', date: '2026-11-20' } })).status).toBe(200)
  expect((await ask('PATCH', `/api/tasks/${id}`, { notes: '' })).body).toMatchObject({ task: { notes: '' } })
  expect((await ask('GET', '/api/tasks?filter=completed&limit=5')).body).toMatchObject({
    counts: { completed: 1, pending: 0 },
    tasks: [{ id }],
    more: false,
  })
  expect((await ask('DELETE', `/api/tasks/${id}`)).status).toBe(200)
  expect((await ask('GET', `/api/tasks/${id}`)).status).toBe(404)
  expect((await ask('POST', '/api/tasks/undo')).body).toMatchObject({ task: { id } })
  expect((await ask('GET', `/api/tasks/${id}`)).status).toBe(200)
})

test('each browser has its own owner, in a cookie that scripts cannot read and nobody can forge', async () => {
  const { origin } = await served()
  const [mine, theirs] = [browser(origin), browser(origin)]
  const { set, body } = await mine('POST', '/api/tasks', { title: 'Secret plan' })
  expect(set).toMatch(
    /^__Host-partyline_owner=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/,
  )
  expect((await mine('GET', '/api/tasks')).set).toBeNull()
  const { id } = withTask.parse(body).task
  expect((await theirs('GET', `/api/tasks/${id}`)).status).toBe(404)
  expect((await theirs('DELETE', `/api/tasks/${id}`)).status).toBe(404)
  expect((await theirs('PATCH', `/api/tasks/${id}`, { title: 'Mine' })).status).toBe(404)
  expect((await theirs('POST', '/api/tasks/undo')).status).toBe(404)
  expect((await theirs('GET', '/api/tasks')).body).toMatchObject({ tasks: [] })
  const value = set?.split(';')[0] ?? ''
  const [owner, mac] = value.split('=')[1]?.split('.') ?? []
  const forgeries = [
    `${value}x`,
    `__Host-partyline_owner=${owner}`,
    `__Host-partyline_owner=${owner}.`,
    `__Host-partyline_owner=${Buffer.from('+15550001').toString('base64url')}.${mac}`,
    (await ownerCookies('another secret', true, noPin).write('+15550001')).split(';')[0] ?? '',
  ]
  for (const forged of forgeries) {
    const seen = await browser(origin, forged)('GET', '/api/tasks')
    expect([seen.body.tasks, seen.set === null], forged).toEqual([[], false])
  }
  expect((await browser(origin, `theme=dark; ${value}; x=1`)('GET', '/api/tasks')).body).toMatchObject({
    tasks: [{ id }],
  })
})

test('a cookie can be bound to a number', async () => {
  const { origin } = await served()
  const bound = (await cookies.write('+15550001')).split(';')[0]
  await browser(origin, bound)('POST', '/api/tasks', { title: 'Buy milk' })
  expect((await browser(origin, bound)('GET', '/api/tasks')).body).toMatchObject({ counts: { pending: 1 } })
  await expect(cookies.write('a\r\nset-cookie: x')).rejects.toThrow(/printable/)
})

test('a repeated key adds one task', async () => {
  const { origin } = await served()
  const ask = browser(origin)
  await ask('GET', '/api/tasks')
  const key = { 'idempotency-key': 'k1' }
  const made = [1, 2, 3].map(() => ask('POST', '/api/tasks', { title: 'Buy milk' }, key))
  expect(new Set((await Promise.all(made)).map(({ body }) => withTask.parse(body).task.id)).size).toBe(1)
  expect(await ask('POST', '/api/tasks/undo', undefined, key)).toMatchObject({ status: 409 })
})

test('an error is reported in JSON, with its kind and in words', async () => {
  const { origin } = await served()
  const ask = browser(origin)
  const none = '0000000000000000'
  const tries: readonly [number, string, string, unknown?, Record<string, string>?][] = [
    [400, 'POST', '/api/tasks', {}],
    [400, 'POST', '/api/tasks', { title: 'x', owner: '+15550001' }],
    [400, 'POST', '/api/tasks', { title: 7 }],
    [400, 'GET', '/api/tasks?filter=everyone'],
    [400, 'GET', '/api/tasks?limit=100000'],
    [400, 'GET', '/api/tasks/1%20or%201=1'],
    [404, 'GET', `/api/tasks/${none}`],
    [404, 'DELETE', `/api/tasks/${none}`],
    [404, 'POST', '/api/tasks/undo'],
    [422, 'POST', '/api/tasks', { title: ' ' }],
    [422, 'POST', '/api/tasks', { title: 'x', due: 'the thirtieth of February' }],
    [400, 'GET', '/api/tasks', undefined, { 'time-zone': 'Mars/Base' }],
    [400, 'POST', '/api/tasks', { title: 'x' }, { 'idempotency-key': 'x'.repeat(201) }],
    [403, 'POST', '/api/tasks', { title: 'x' }, { origin: 'https://evil.example' }],
    [413, 'POST', '/api/tasks', { title: 'x'.repeat(70_000) }],
    [415, 'POST', '/api/tasks', { title: 'x' }, { 'content-type': 'text/plain' }],
  ]
  for (const [status, method, path, body, headers] of tries) {
    const response = await ask(method, path, body, headers)
    expect(response.status, `${method} ${path} ${JSON.stringify(body)?.slice(0, 50)}`).toBe(status)
    expect(failed.safeParse(response.body).success, JSON.stringify(response.body)).toBe(true)
  }
  expect((await ask('POST', '/api/tasks', { title: 'x' }, { origin: ORIGIN })).status).toBe(201)
})

test('dates are said in the time zone of the page', async () => {
  const { origin } = await served()
  const made = await browser(origin)(
    'POST',
    '/api/tasks',
    { title: 'x', due: 'today' },
    { 'time-zone': 'Pacific/Auckland' },
  )
  expect(made.body).toMatchObject({ task: { due: { kind: 'day', date: '2026-11-22' }, dueSaid: 'today' } })
})

test('a failing store is reported in words, and its error only to the operator', async () => {
  const broken: TaskStore = {
    of: () => {
      throw new Error('password=hunter2')
    },
    change: () => Promise.reject(new Error('password=hunter2')),
  }
  const { origin, errors } = await served(broken)
  for (const [method, body] of [['GET'], ['POST', { title: 'x' }]] as const) {
    const response = await browser(origin)(method, '/api/tasks', body)
    expect(response.status).toBe(503)
    expect(JSON.stringify(response.body)).not.toMatch(/hunter2/)
  }
  expect(errors).toHaveLength(2)
})

test('the OpenAPI document names every route, with its requests and answers', async () => {
  const { origin } = await served()
  const { body } = await browser(origin)('GET', '/api/openapi.json')
  const methods = z.record(z.string(), z.record(z.string(), z.unknown())).parse(body.paths)
  expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
  expect(Object.entries(methods).map(([path, each]) => [path, Object.keys(each)])).toEqual([
    ['/api/tasks', ['get', 'post']],
    ['/api/tasks/{id}', ['parameters', 'get', 'patch', 'delete']],
    ['/api/tasks/undo', ['post']],
  ])
  expect(methods['/api/tasks']?.post).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { required: ['title'], additionalProperties: false } } } },
    responses: { 201: {}, 400: {}, 422: {} },
  })
  expect(methods['/api/tasks']?.get).toMatchObject({
    parameters: [
      { name: 'filter', in: 'query', schema: { enum: expect.arrayContaining(['overdue']) } },
      {},
      { name: 'cursor', in: 'query' },
      {},
    ],
  })
  expect(JSON.stringify(body)).not.toMatch(/\$schema|\$ref|"\$defs"/)
})

test('nobody is stored before their first task, whatever is asked', async () => {
  const { origin, rows } = await served()
  const ask = browser(origin)
  await ask('GET', '/api/tasks')
  for (const [method, path, body] of [
    ['PATCH', '/api/tasks/0123456789abcdef', { notes: 'x' }],
    ['DELETE', '/api/tasks/0123456789abcdef'],
    ['POST', '/api/tasks/undo'],
    ['POST', '/api/tasks', { titel: 'x' }],
  ] as const) {
    expect((await ask(method, path, body)).status).toBeGreaterThanOrEqual(400)
    expect(await rows()).toBe(0)
  }
  await ask('POST', '/api/tasks', { title: 'First' })
  expect(await rows()).toBe(4)
})

test('an address makes twenty owners a day, and those that are there go on', async () => {
  const { origin } = await served()
  const first = browser(origin)
  expect((await first('POST', '/api/tasks', { title: 'One' })).status).toBe(201)
  const statuses: number[] = []
  for (let n = 0; n < 25; n++) statuses.push((await browser(origin)('POST', '/api/tasks', { title: 'One' })).status)
  expect(statuses).toEqual([...Array(19).fill(201), ...Array(6).fill(429)])
  const refused = await browser(origin)('POST', '/api/tasks', { title: 'One' })
  expect(failed.parse(refused.body).error.kind).toBe('limited')
  expect((await first('POST', '/api/tasks', { title: 'Two' })).status).toBe(201)
  const elsewhere = await browser(origin)('POST', '/api/tasks', { title: 'One' }, { 'x-forwarded-for': '198.51.100.7' })
  expect(elsewhere.status).toBe(201)
})

test('a browser that belongs to no number keeps two hundred tasks', async () => {
  const { origin, rows } = await served()
  const ask = browser(origin)
  for (let n = 0; n < 200; n++) expect((await ask('POST', '/api/tasks', { title: `Task ${n}` })).status).toBe(201)
  const { status, body } = await ask('POST', '/api/tasks', { title: 'One more' })
  expect([status, failed.parse(body).error.kind]).toEqual([409, 'limited'])
  // 200 tasks, two rows of their owner, and the records of the last changes.
  expect(await rows()).toBeLessThanOrEqual(200 + 2 + 101)
})

test('lists come in pages, each task on one of them, until there is no next', async () => {
  const { origin } = await served()
  const ask = browser(origin)
  const ids: string[] = []
  for (let n = 0; n < 23; n++) {
    const due = n % 3 === 0 ? 'Friday' : n % 3 === 1 ? 'tomorrow at five' : null
    const made = await ask('POST', '/api/tasks', { title: `Task ${n}`, due })
    ids.push(withTask.parse(made.body).task.id)
  }
  for (const id of ids.slice(0, 9)) await ask('PATCH', `/api/tasks/${id}`, { status: 'completed' })
  const page = z.object({
    tasks: z.array(z.object({ id: z.string(), status: z.string() })),
    next: z.string().nullable(),
  })
  for (const [filter, count] of [
    ['all', 23],
    ['pending', 14],
    ['completed', 9],
  ] as const) {
    const seen: { id: string; status: string }[] = []
    let cursor: string | null = ''
    let pages = 0
    while (cursor !== null) {
      const { tasks, next } = page.parse(
        (await ask('GET', `/api/tasks?filter=${filter}&limit=5${cursor && `&cursor=${cursor}`}`)).body,
      )
      seen.push(...tasks)
      cursor = next
      pages++
    }
    const whole = page.parse((await ask('GET', `/api/tasks?filter=${filter}`)).body)
    expect([seen, pages]).toEqual([whole.tasks, Math.ceil(count / 5)])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(count)
  }
  for (const wrong of ['x', 'LTE', 'MA', '%00', 'OTk5OTk5OTk5']) {
    expect((await ask('GET', `/api/tasks?cursor=${wrong}`)).status).toBe(400)
  }
})
