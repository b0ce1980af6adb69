import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { request, tell } from './raw-socket.ts'
import { openWholeServer, PUBLIC_URL, type WholeServer } from './whole-server.ts'

let server: WholeServer
beforeAll(async () => {
  server = await openWholeServer()
})
afterAll(() => server.close())

const POST = ['Content-Type: application/json', `Origin: ${PUBLIC_URL}`]
const EVERY_MS = 200
/** What takes its time, and never comes to an end by itself: each is sent without a pause of more than a fifth of a second. */
const SLOW: readonly (readonly [what: string, first: string, rest: string])[] = [
  ['headers, byte by byte', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x'],
  ['headers, line by line', 'GET /healthz HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n'],
  ['a request line', 'GET /', 'x'],
  ['empty lines before a request', '\r\n', '\r\n'],
  ['a body with a length', request('POST', '/api/tasks', [...POST, 'Content-Length: 1000']), ' '],
  ['a body in chunks', request('POST', '/api/tasks', [...POST, 'Transfer-Encoding: chunked']), '1\r\n \r\n'],
  [
    'a form of a call',
    request('POST', '/calls/answer', ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 1000']),
    'x',
  ],
  [
    'a webhook of rooms',
    request('POST', '/livekit/webhook', ['Content-Type: application/webhook+json', 'Content-Length: 1000']),
    ' ',
  ],
  ['the size of a chunk', request('POST', '/api/tasks', [...POST, 'Transfer-Encoding: chunked']), '0'],
  [
    'the trailers of chunks',
    request('POST', '/api/owner', [...POST, 'Transfer-Encoding: chunked'], '0\r\n'),
    'X-A: b\r\n',
  ],
]

test.concurrent.each(SLOW)('%s without end is cut off, with an answer that is no fault', async (_, first, rest) => {
  const { statuses } = await tell(server.port, first, { rest, everyMs: EVERY_MS })
  expect(statuses.filter(status => status < 400 || status >= 500)).toEqual([])
  expect(statuses.length).toBeLessThanOrEqual(1)
})

test.concurrent('a connection on which nothing is sent is closed', async () => {
  expect((await tell(server.port, '')).statuses.filter(status => status !== 408)).toEqual([])
})

test.concurrent('a request for a WebSocket whose body never comes waits for nothing', async () => {
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 1000']
  for (const path of ['/calls/answer', '/api/tasks', '/no/such'])
    expect((await tell(server.port, request('POST', path, upgrade))).statuses).toEqual([
      path === '/no/such' ? 404 : 400,
    ])
})

test.concurrent('while all of them are slow, others are answered', async () => {
  const slow = Array.from({ length: 200 }, () =>
    tell(server.port, 'GET /healthz HTTP/1.1\r\nX-Slow: ', { rest: 'x', everyMs: EVERY_MS }),
  )
  const { statuses } = await tell(server.port, request('GET', '/healthz', ['Connection: close']))
  expect(statuses).toEqual([200])
  await Promise.all(slow)
})

test('a WebSocket that is refused leaves no connection behind', async () => {
  const before = await connections()
  for (let n = 0; n < 50; n++) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/calls/stream`)
    socket.on('error', () => undefined)
    await once(socket, 'unexpected-response')
    socket.terminate()
  }
  await expect.poll(connections).toBeLessThanOrEqual(before)
  expect(server.logged.filter(line => JSON.parse(line).level >= 50)).toEqual([])
})

const connections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    server.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
