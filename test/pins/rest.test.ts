import formbody from '@fastify/formbody'
import Fastify, { type FastifyRequest } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { openDatabase } from '../../src/database/database.ts'
import { pinDoors } from '../../src/pins/pin-doors.ts'
import { type Pins, pinsIn } from '../../src/pins/pins.ts'
import { ownerOverRest } from '../../src/pins/rest.ts'
import { OWNER_PATHS, refused } from '../../src/pins/rest-shapes.ts'
import { tasksIn } from '../../src/tasks/store/store.ts'
import { browserOwnersIn } from '../../src/tasks/web/browser-owners.ts'
import { newBrowserOwner, ownerCookies } from '../../src/tasks/web/owner-cookie.ts'
import { tasksOverRest } from '../../src/tasks/web/rest.ts'
import { CHEAP } from './cheap-hashes.ts'

const ORIGIN = 'https://page.example'
const ANN = '+15551234567'
const BOB = '+15557654321'
const NOW = new Date('2026-11-19T10:00:00Z')

/** The page's routes as the server has them, for tasks and for their owner. */
async function served(changed: Partial<Pins> = {}) {
  const database = await openDatabase('sqlite::memory:')
  onTestFinished(() => database.close())
  const pins = { ...(await pinsIn(database, CHEAP)), ...changed }
  await pins.set(ANN, '4271', NOW)
  const cookies = ownerCookies('a secret of the server', true, pins.setAt)
  const time = { ms: NOW.getTime() }
  const clock: Clock = { ...systemClock, wallTime: () => new Date(time.ms) }
  const errors: unknown[] = []
  const logged: object[] = []
  const log = { warn: (fields: object, message: string) => logged.push({ ...fields, message }) }
  const { check } = pinDoors({ pins, clock, log, secret: 'a secret of the server' })
  // As behind a proxy: the address is the one that the request names.
  const app = Fastify({ trustProxy: true })
  await app.register(formbody)
  const parts = { clock, origins: [ORIGIN], onError: (error: unknown) => errors.push(error) }
  const store = await tasksIn(database)
  const owners = await browserOwnersIn(database, 'secret', NOW)
  const addressOf = (request: FastifyRequest): string => request.ip
  await tasksOverRest(app, {
    ...parts,
    store,
    cookies,
    owners,
    addressOf,
    zone: 'UTC',
    version: '1',
    morePaths: OWNER_PATHS,
  })
  await ownerOverRest(app, {
    ...{ ...parts, check, cookieOf: cookies.write, newOwner: newBrowserOwner },
    addressOf,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url: app.listeningOrigin, errors, time, pins, cookies, logged }
}

/** A browser, which stores the cookie that it gets. */
function browser(url: string) {
  let cookie = ''
  return async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const isText = typeof body === 'string'
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        cookie,
        origin: ORIGIN,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    })
    const set = response.headers.get('set-cookie')
    if (set !== null) cookie = set.split(';')[0] ?? ''
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: response.status, set, answer, text, wait: response.headers.get('retry-after') }
  }
}
test.each([
  ['another PIN', (pins: Pins) => pins.set(ANN, '9036', new Date(NOW.getTime() + 1_000))],
  ['no PIN any more', (pins: Pins) => pins.remove(ANN)],
])('%s locks out the browsers that joined with the old one', async (_, change) => {
  const { url, pins } = await served()
  const page = browser(url)
  await page('POST', '/api/owner', withPin('4271'))
  await page('POST', '/api/tasks', { title: 'Call the bank' })
  expect((await page('GET', '/api/tasks')).answer).toMatchObject({ tasks: [{}] })
  await change(pins)
  expect((await page('GET', '/api/tasks')).answer).toMatchObject({ tasks: [] })
})

const withPin = (pin: string, number = ANN) => ({ number, pin })

test('the right PIN makes the tasks of the number those of the page, until it leaves', async () => {
  const { url, cookies } = await served()
  const [ann, again] = [browser(url), browser(url)]
  await ann('POST', '/api/tasks', { title: 'Of the page' })
  const joined = await ann('POST', '/api/owner', withPin('4271'))
  expect([joined.status, joined.text]).toEqual([204, ''])
  expect(joined.set).toMatch(
    /^__Host-partyline_owner=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/,
  )
  expect(await cookies.read(joined.set?.split(';')[0])).toBe(ANN)
  expect((await ann('GET', '/api/tasks')).answer).toMatchObject({ tasks: [] })
  await ann('POST', '/api/tasks', { title: 'Of the number' })
  await again('POST', '/api/owner', withPin('4271'), { origin: ORIGIN })
  expect((await again('GET', '/api/tasks')).answer).toMatchObject({ tasks: [{ title: 'Of the number' }] })
  const left = await again('DELETE', '/api/owner', undefined, { origin: ORIGIN })
  expect([left.status, await cookies.read(left.set?.split(';')[0])]).toEqual([204, expect.stringMatching(/^browser:/)])
  expect((await again('GET', '/api/tasks')).answer).toMatchObject({ tasks: [] })
})

test('a wrong PIN and a number without one get the same answer, and no cookie', async () => {
  const { url } = await served()
  const ask = browser(url)
  for (const number of [ANN, BOB]) {
    expect(await ask('POST', '/api/owner', withPin('9999', number))).toEqual({
      status: 403,
      set: null,
      wait: null,
      answer: { error: { kind: 'forbidden', message: 'The number or the PIN is not right.' } },
      text: expect.any(String),
    })
  }
})

test.each([ANN, BOB])('after three wrong tries %s is locked for the address that they came from', async number => {
  const { url, time, logged } = await served()
  const ask = browser(url)
  for (let i = 0; i < 3; i++) expect((await ask('POST', '/api/owner', withPin('9999', number))).status).toBe(403)
  time.ms += 20_500
  const locked = await ask('POST', '/api/owner', withPin('4271', number))
  expect(locked).toMatchObject({ status: 429, set: null, wait: '40', answer: { error: { kind: 'locked' } } })
  const elsewhere = { 'x-forwarded-for': '198.51.100.9' }
  const status = number === ANN ? 204 : 403
  expect((await ask('POST', '/api/owner', withPin('4271', number), elsewhere)).status).toBe(status)
  time.ms += 40_000
  expect((await ask('POST', '/api/owner', withPin('4271', number))).status).toBe(status)
  expect(logged.slice(0, 4)).toMatchObject([
    { message: 'wrong PIN', door: 'web', lockedSeconds: 0, pii: { number } },
    { message: 'wrong PIN' },
    { message: 'wrong PIN', lockedSeconds: 60 },
    { message: 'a PIN is tried while it is locked', lockedSeconds: 40 },
  ])
  expect(logged.map(line => JSON.stringify({ ...line, pii: undefined })).join()).not.toContain(number.slice(1))
})

test('pages of other sites, forms and anything but a small JSON object are refused without being quoted', async () => {
  const { url, errors } = await served()
  const ask = browser(url)
  const good = withPin('4271')
  const tries: readonly (readonly [number, string, unknown, Record<string, string>?])[] = [
    [403, 'POST', good, { origin: 'https://evil.example' }],
    [403, 'POST', good, { origin: 'null' }],
    [403, 'DELETE', undefined, { origin: 'https://evil.example' }],
    [415, 'POST', 'number=%2B15551234567&pin=4271', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'POST', '{"pin":"4271"}', { 'content-type': 'text/plain' }],
    [400, 'POST', '{"pin":4271', {}],
    [400, 'POST', { ...good, pin: 4271 }],
    [400, 'POST', { ...good, pin: '427' }],
    [400, 'POST', { ...good, number: '15551234567' }],
    [400, 'POST', { ...good, number: `browser:${'0'.repeat(36)}` }],
    [400, 'POST', { ...good, owner: BOB }],
    [400, 'POST', [good]],
    [400, 'POST', 'null'],
    [413, 'POST', { ...good, pin: '4'.repeat(2_000) }],
  ]
  for (const [status, method, body, more] of tries) {
    const got = await ask(method, '/api/owner', body, more)
    expect([body, got.status, got.set]).toEqual([body, status, null])
    expect(got.text).not.toContain('427')
    refused.parse(got.answer)
  }
  expect(errors).toEqual([])
})

test('a database that cannot be reached is reported, and nobody joins', async () => {
  const { url, errors } = await served({ check: () => Promise.reject(new Error('away')) })
  const got = await browser(url)('POST', '/api/owner', withPin('4271'))
  expect(got).toMatchObject({ status: 503, set: null, answer: { error: { kind: 'unavailable' } } })
  expect(errors).toHaveLength(1)
})

test('checks run one after the other, and at most twenty wait', async () => {
  const state = { now: 0, most: 0 }
  const open = Promise.withResolvers<void>()
  const { url } = await served({
    async check() {
      state.most = Math.max(state.most, ++state.now)
      await open.promise
      state.now--
      return { kind: 'wrong', lockedMs: 0 }
    },
  })
  let busy = 0
  const asked = Array.from({ length: 30 }, async () => {
    const got = await browser(url)('POST', '/api/owner', withPin('9999'))
    if (got.status === 403) return got
    expect(got).toMatchObject({ status: 429, wait: '2', answer: { error: { kind: 'busy' } } })
    if (++busy === 10) open.resolve()
    return got
  })
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  expect([state.most, statuses.filter(status => status === 403).length]).toEqual([1, 20])
})

test('the OpenAPI document describes the route', async () => {
  const { url } = await served()
  const { answer } = await browser(url)('GET', '/api/openapi.json')
  const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(answer)
  expect(Object.keys(paths)).toContain('/api/tasks')
  expect(paths['/api/owner']).toMatchObject({
    post: {
      requestBody: { content: { 'application/json': { schema: { required: ['number', 'pin'] } } } },
      responses: { 204: {}, 403: {}, 429: { headers: { 'retry-after': {} } } },
    },
    delete: { responses: { 204: {} } },
  })
  expect(JSON.stringify(paths['/api/owner'])).not.toMatch(/\$schema|\$ref|"\$defs"/)
})
