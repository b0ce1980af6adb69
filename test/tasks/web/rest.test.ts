import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import type { TaskStore } from '../../../src/tasks/store/store.ts'
import { ownerCookies } from '../../../src/tasks/web/owner-cookie.ts'
import { tasksOverRest } from '../../../src/tasks/web/rest.ts'
import { failed } from '../../../src/tasks/web/rest-shapes.ts'
import { NOW, openTasks, ZONE } from '../tasks.ts'

const ORIGIN = 'https://page.example'
const clock: Clock = { ...systemClock, wallTime: () => NOW }
const noPin = async (): Promise<undefined> => undefined
const cookies = ownerCookies('a secret of the server', true, noPin)

async function served(store?: TaskStore) {
  const errors: unknown[] = []
  const app = Fastify()
  await app.register(formbody)
  await tasksOverRest(app, {
    store: store ?? (await openTasks()),
    clock,
    cookies,
    origins: [ORIGIN],
    zone: ZONE,
    version: '1.2.3',
    onError: error => errors.push(error),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { origin: app.listeningOrigin, errors }
}

const answer = z.record(z.string(), z.unknown())

/** A browser, which stores the cookie that it gets. */
function browser(origin: string, first?: string) {
  let cookie = first
  return async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
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
  expect(set).toMatch(/^partyline_owner=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/)
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
    `partyline_owner=${owner}`,
    `partyline_owner=${owner}.`,
    `partyline_owner=${Buffer.from('+15550001').toString('base64url')}.${mac}`,
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
    parameters: [{ name: 'filter', in: 'query', schema: { enum: expect.arrayContaining(['overdue']) } }, {}, {}],
  })
  expect(JSON.stringify(body)).not.toMatch(/\$schema|\$ref|"\$defs"/)
})
