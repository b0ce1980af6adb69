import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type PrintedRoute, routesOf } from './printed-routes.ts'
import { openWholeServer, PUBLIC_URL, SUPERVISOR, type WholeServer } from './whole-server.ts'

/** Their vendors sign what they ask, so only what is not signed is limited. */
const SIGNED = new Set([
  ...['POST /calls/answer', 'POST /calls/next', 'POST /calls/rung-out', 'POST /calls/status'],
  'POST /calls/stream-status',
  ...['GET /calls/stream', 'HEAD /calls/stream', 'POST /livekit/webhook'],
])
/** A token lets in, and no cookie: a page of another site has none to misuse. */
const BY_TOKEN = new Set(['POST /tasks/mcp', 'DELETE /tasks/mcp'])
const READS = new Set(['GET', 'HEAD'])
const MOST_A_MINUTE = 600
const LARGER_THAN_ANY = 300 * 1024

let server: WholeServer
let routes: readonly (PrintedRoute & { readonly name: string; readonly path: string })[]
beforeAll(async () => {
  server = await openWholeServer()
  routes = routesOf(server.app).map(({ method, url }) => ({
    ...{ method, url, name: `${method} ${url}` },
    path: url.replace('*', '/x').replace(/:(\w+)/g, (_, name) => (name === 'attempt' ? '1' : 'CA1')),
  }))
})
afterAll(() => server.close())

let addresses = 0
/** Another address each time: none is refused because it is one of many. */
function newAddress(): string {
  addresses++
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}
const changing = () => routes.filter(({ method }) => !READS.has(method))
const byCookie = () => changing().filter(({ name }) => !SIGNED.has(name) && !BY_TOKEN.has(name))
const typeOf = ({ url }: PrintedRoute): string =>
  url.startsWith('/calls/')
    ? 'application/x-www-form-urlencoded'
    : url.startsWith('/livekit/')
      ? 'application/webhook+json'
      : 'application/json'

test('the list has what is known to be there, and nothing that is signed is missing', () => {
  const names = routes.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining([...SIGNED, ...BY_TOKEN, 'GET /', 'GET /healthz', 'POST /api/room']))
  expect(names).toContain('POST /staff/api/live/:id/whisper')
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(60)
})

test('every route counts the requests of an address, whoever asks and whatever comes of it', async () => {
  const unlimited: string[] = []
  for (const { name, path, method } of routes.filter(route => !SIGNED.has(route.name))) {
    const { headers } = await server.app.inject({ method: method as 'GET', url: path, remoteAddress: newAddress() })
    const most = Number(headers['x-ratelimit-limit'])
    if (!(most > 0 && most <= MOST_A_MINUTE)) unlimited.push(name)
  }
  expect(unlimited).toEqual([])
})

test('what a vendor has not signed is limited on its routes too, also what cannot be read', async () => {
  for (const { method, path, name } of routes.filter(route => SIGNED.has(route.name)))
    for (const type of ['application/x-www-form-urlencoded', 'image/png']) {
      const remoteAddress = newAddress()
      const seen: number[] = []
      for (let n = 0; n < 62; n++) {
        const payload = READS.has(method) ? {} : { payload: 'CallSid=CA1', headers: { 'content-type': type } }
        seen.push(
          (await server.app.inject({ method: method as 'GET', url: path, remoteAddress, ...payload })).statusCode,
        )
      }
      expect([name, type, seen.slice(0, 60).every(status => [401, 403, 415].includes(status))]).toEqual([
        name,
        type,
        true,
      ])
      expect([name, seen.slice(60)]).toEqual([name, [429, 429]])
    }
})

test('no route takes a body of 300 KiB', async () => {
  const taken: string[] = []
  for (const route of changing()) {
    const answer = await server.app.inject({
      ...{ method: route.method as 'POST', url: route.path, remoteAddress: newAddress() },
      headers: { 'content-type': typeOf(route), origin: PUBLIC_URL },
      payload: `{"title":"${'x'.repeat(LARGER_THAN_ANY)}"}`,
    })
    // The staff's routes say of every unreadable body that it is one.
    const isRefused = answer.statusCode === 413 || (route.url.startsWith('/staff/') && answer.statusCode === 400)
    if (!isRefused) taken.push(`${route.name} ${answer.statusCode}`)
  }
  expect(taken).toEqual([])
})

/** The cookies of somebody who has signed in and uses tasks here. */
async function cookies(): Promise<string> {
  const signedIn = await server.app.inject({
    ...{ method: 'POST', url: '/staff/api/sign-in', remoteAddress: newAddress(), headers: { origin: PUBLIC_URL } },
    payload: { name: 'Sam', role: 'supervisor', password: SUPERVISOR },
  })
  const tasks = await server.app.inject({ url: '/api/tasks', remoteAddress: newAddress() })
  const set = [signedIn, tasks].flatMap(({ headers }) => headers['set-cookie'] ?? [])
  expect(set).toHaveLength(2)
  for (const one of set)
    expect(one).toMatch(
      /^__Host-partyline_\w+=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=(?:Strict|Lax); Secure$/,
    )
  return set.map(one => one.split(';')[0]).join('; ')
}

/** Pages of another site, and what gives itself out for one of ours. */
const NOT_OURS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['no page', {}],
  ['another site', { origin: 'https://evil.example' }],
  ['a page in a sandboxed frame', { origin: 'null' }],
  ['an empty origin', { origin: '' }],
  ['a name that begins as ours', { origin: `${PUBLIC_URL}.evil.example` }],
  ['a name that ends as ours', { origin: 'https://evil-agent.example.com' }],
  ['our name with a user', { origin: 'https://agent.example.com@evil.example' }],
  ['ours without TLS', { origin: PUBLIC_URL.replace('https', 'http') }],
  ['ours at another port', { origin: `${PUBLIC_URL}:8443` }],
  ['ours in capitals', { origin: PUBLIC_URL.toUpperCase() }],
  ['ours and another', { origin: `${PUBLIC_URL}, https://evil.example` }],
  ['ours, which the browser calls another site', { origin: PUBLIC_URL, 'sec-fetch-site': 'cross-site' }],
  ['ours, which the browser calls a sibling', { origin: PUBLIC_URL, 'sec-fetch-site': 'same-site' }],
  ['no page, of another site', { 'sec-fetch-site': 'cross-site' }],
  ['no page, of our own site', { 'sec-fetch-site': 'same-origin' }],
  ['our page as referrer alone', { referer: `${PUBLIC_URL}/` }],
  ['our page in another header', { 'x-forwarded-host': 'agent.example.com', 'x-origin': PUBLIC_URL }],
]

test('with the right cookies, nothing that changes something is done for another page', async () => {
  const cookie = await cookies()
  const done: string[] = []
  expect(byCookie().length).toBeGreaterThan(18)
  for (const { method, path, name } of byCookie())
    for (const [who, headers] of NOT_OURS) {
      const answer = await server.app.inject({
        ...{ method: method as 'POST', url: path, remoteAddress: newAddress(), headers: { cookie, ...headers } },
        ...(method === 'DELETE' ? {} : { payload: {} }),
      })
      if (answer.statusCode !== 403) done.push(`${name} by ${who}: ${answer.statusCode}`)
    }
  expect(done).toEqual([])
})

test('and the same requests of our own page are not refused', async () => {
  const cookie = await cookies()
  for (const { method, path, name } of byCookie().filter(({ url }) => url !== '/staff/api/sign-out')) {
    const answer = await server.app.inject({
      ...{ method: method as 'POST', url: path, remoteAddress: newAddress() },
      headers: { cookie, origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' },
      ...(method === 'DELETE' ? {} : { payload: {} }),
    })
    expect([name, answer.statusCode === 403]).toEqual([name, false])
  }
})

test('a form of another site cannot send what is read as JSON, even in our page’s name', async () => {
  const cookie = await cookies()
  const read: string[] = []
  const types = [
    ...[
      'text/plain',
      'text/plain;application/json',
      'text/plain; charset=application/json',
      'multipart/form-data; boundary=x',
    ],
    ...['application/x-www-form-urlencoded', 'application/json+x', 'applicationjson', 'application/jsonx', 'text/json'],
    ...[
      'application/javascript',
      'a/b',
      'json',
      'application/',
      '/json',
      'application/json,text/plain',
      'text/plain,application/json',
    ],
  ]
  for (const { method, path, name } of changing().filter(({ name: some }) => !SIGNED.has(some)))
    for (const type of types) {
      const headers = { cookie, origin: PUBLIC_URL, 'content-type': type }
      const url = { method: method as 'POST', url: path, remoteAddress: newAddress(), headers }
      const { statusCode } = await server.app.inject({ ...url, payload: '{"title":"x","text":"x"}' })
      // 401: sign-out has ended nothing, but who asks without a token at /tasks/mcp is told so first.
      if (![400, 415].includes(statusCode)) read.push(`${name} ${type}: ${statusCode}`)
    }
  expect(read).toEqual([])
})

test('no route but the two that are there makes a WebSocket, and those for nobody who may not', async () => {
  const cookie = await cookies()
  const opened: string[] = []
  for (const { path, name } of routes.filter(({ method, url }) => method === 'GET' && !url.startsWith('/assets/')))
    for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }, { origin: PUBLIC_URL }]) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers })
      socket.on('error', () => undefined)
      const status = await Promise.race([
        once(socket, 'open').then(() => 101),
        once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
      ])
      socket.terminate()
      if (status < 400) opened.push(`${name}: ${status}`)
    }
  expect(opened).toEqual([])
})

test('the metrics’ port counts and measures too', async () => {
  const metrics = server.partyline.metrics?.app
  if (!metrics) throw new Error('there are no metrics')
  await metrics.ready()
  expect(routesOf(metrics).map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /metrics', 'HEAD /metrics'])
  const { headers, statusCode } = await metrics.inject({ url: '/metrics', remoteAddress: newAddress() })
  expect([statusCode, headers['x-ratelimit-limit']]).toEqual([200, '300'])
  const large = { method: 'POST', url: '/metrics', payload: { text: 'x'.repeat(2_000) } } as const
  expect((await metrics.inject(large)).statusCode).toBeGreaterThanOrEqual(400)
})

test('a server that rings itself has its own routes limited, and answers them under this machine’s name alone', async () => {
  const alone = await openWholeServer({
    TWILIO_AUTH_TOKEN: '',
    TWILIO_ACCOUNT_SID: '',
    PUBLIC_URL: 'http://127.0.0.1:8080',
  })
  const paths = routesOf(alone.app).filter(({ url, method }) => url.startsWith('/sandbox') && method === 'GET')
  expect(paths).toHaveLength(2)
  for (const { url } of paths)
    for (const [host, isAnswered] of [
      ['127.0.0.1:8080', true],
      ['evil.example', false],
      ['127.0.0.1.evil.example', false],
    ] as const) {
      const asked = { url: `${url}?owner=%2B15550100042`, headers: { host }, remoteAddress: newAddress() }
      const { statusCode, headers } = await alone.app.inject(asked)
      expect([url, host, statusCode, headers['x-ratelimit-limit']]).toEqual([url, host, isAnswered ? 200 : 403, '300'])
    }
  await alone.close()
})
