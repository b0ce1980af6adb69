import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, tell } from './raw-socket.ts'
import { AUTH_TOKEN, openWholeServer, PUBLIC_URL, type WholeServer } from './whole-server.ts'

let server: WholeServer
beforeAll(async () => {
  server = await openWholeServer({ TRUST_PROXY: '127.0.0.1' })
})
afterAll(() => server.close())

const CLOSE = 'Connection: close'
const JSON_TYPE = 'Content-Type: application/json'
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'
const ORIGIN = `Origin: ${PUBLIC_URL}`
const withBody = (path: string, type: string, body: string, ...headers: string[]): string =>
  request('POST', path, [CLOSE, ORIGIN, type, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, ...headers], body)
const chunked = (...chunks: string[]): string =>
  chunks.map(some => `${some.length.toString(16)}\r\n${some}\r\n`).join('')
const many = (count: number, one: (n: number) => string): string[] => Array.from({ length: count }, (_, n) => one(n))

/** What no server of ours is meant to read, and how it is refused. The connection is closed after it. */
const REFUSED: readonly (readonly [what: string, bytes: string, statuses: readonly number[]])[] = [
  ['headers of 20 KB', request('GET', '/healthz', [`X-Long: ${'x'.repeat(20_000)}`]), [431]],
  [
    'a thousand cookies',
    request(
      'GET',
      '/healthz',
      many(1_000, n => `Cookie: a${n}=${'x'.repeat(20)}`),
    ),
    [431],
  ],
  ['a URL of 20 KB', request('GET', `/${'x'.repeat(20_000)}`), [431]],
  ['a URL of 15 KB', request('GET', `/${'x'.repeat(15_000)}`, [CLOSE]), [404]],
  ['a parameter of 15 KB', request('GET', `/api/tasks/${'x'.repeat(15_000)}`, [CLOSE]), [404, 414]],
  [
    'both a length and chunks',
    request(
      'POST',
      '/api/tasks',
      ['Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    ),
    [400],
  ],
  [
    'chunks and a length',
    request('POST', '/api/tasks', ['Transfer-Encoding: chunked', 'Content-Length: 4'], '0\r\n\r\n'),
    [400],
  ],
  ['two lengths', request('POST', '/api/tasks', ['Content-Length: 4', 'Content-Length: 5'], 'abcde'), [400]],
  ['a list of lengths', request('POST', '/api/tasks', ['Content-Length: 4, 4'], 'abcd'), [400]],
  ['a negative length', request('POST', '/api/tasks', ['Content-Length: -1'], 'abcd'), [400]],
  ['a length with a sign', request('POST', '/api/tasks', ['Content-Length: +4'], 'abcd'), [400]],
  ['a length in hex', request('POST', '/api/tasks', ['Content-Length: 0x4'], 'abcd'), [400]],
  [
    'a length beyond all numbers',
    request('POST', '/api/tasks', ['Content-Length: 99999999999999999999'], 'abcd'),
    [400],
  ],
  [
    'an unknown transfer encoding',
    request('POST', '/api/tasks', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'),
    [400, 501],
  ],
  [
    'chunked, and then something else',
    request('POST', '/api/tasks', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'),
    [400, 501],
  ],
  [
    'chunked twice',
    request('POST', '/api/tasks', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    [400, 415],
  ],
  ['a space before the colon', request('POST', '/api/tasks', ['Transfer-Encoding : chunked'], '0\r\n\r\n'), [400]],
  ['a folded header', request('GET', '/healthz', ['X-A: b', ' Content-Length: 4']), [400]],
  ['a header of nothing but a name', request('GET', '/healthz', ['X-A']), [400]],
  ['a NUL in a header', request('GET', '/healthz', ['X-A: \0']), [400]],
  ['a NUL in the URL', request('GET', '/health\0z'), [400]],
  ['a space in the URL', request('GET', '/health z'), [400]],
  ['a carriage return alone', 'GET /healthz HTTP/1.1\rHost: x\r\r', [400]],
  [
    'a wrong size of a chunk',
    request('POST', '/api/tasks', [JSON_TYPE, ORIGIN, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'),
    [400],
  ],
  [
    'a negative size of a chunk',
    request('POST', '/api/tasks', [JSON_TYPE, ORIGIN, 'Transfer-Encoding: chunked'], '-2\r\n{}\r\n0\r\n\r\n'),
    [400],
  ],
  [
    'an extension of a chunk of 20 KB',
    request(
      'POST',
      '/api/tasks',
      [JSON_TYPE, ORIGIN, 'Transfer-Encoding: chunked'],
      `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    ),
    [413, 400],
  ],
  [
    'chunks that are together too long',
    request(
      'POST',
      '/api/tasks',
      [CLOSE, JSON_TYPE, ORIGIN, 'Transfer-Encoding: chunked'],
      `${chunked(...many(80, () => 'x'.repeat(1_024)))}0\r\n\r\n`,
    ),
    [413],
  ],
  ['a length that is too long', request('POST', '/api/tasks', [JSON_TYPE, ORIGIN, 'Content-Length: 1000000']), [413]],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', [400]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
  ['version 3', 'GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n', [400]],
  ['a TLS handshake', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', [400]],
  ['a method that is none', request('STEAL', '/healthz'), [400]],
  ['a trace', request('TRACE', '/healthz', [CLOSE]), [404]],
  ['an asterisk', request('OPTIONS', '*', [CLOSE]), [404]],
  ['percent and no digits', request('GET', '/api/tasks/%zz', [CLOSE]), [400]],
  ['half a percent-encoding', request('GET', '/api/tasks/%E0%A4%A', [CLOSE]), [400]],
  ['overlong UTF-8', request('GET', '/api/tasks/%c0%ae%c0%ae', [CLOSE]), [400]],
  ['an encoded NUL', request('GET', '/api/tasks/a%00b', [CLOSE]), [400, 404]],
  ['twice encoded dots', request('GET', '/assets/%252e%252e%252fpackage.json', [CLOSE]), [404]],
  ['dots and backslashes', request('GET', '/assets/..%5c..%5cpackage.json', [CLOSE]), [404, 400, 403]],
  ['a prototype in JSON', withBody('/api/tasks', JSON_TYPE, '{"title":"x","__proto__":{"isAdmin":true}}'), [400]],
  [
    'a prototype in escapes',
    withBody('/api/tasks', JSON_TYPE, '{"title":"x","\\u005f\\u005fproto\\u005f\\u005f":{"isAdmin":true}}'),
    [400],
  ],
  [
    'a constructor’s prototype',
    withBody('/api/tasks', JSON_TYPE, '{"title":"x","constructor":{"prototype":{"isAdmin":true}}}'),
    [400],
  ],
  [
    'a prototype in a form',
    withBody('/calls/answer', FORM_TYPE, 'CallSid=CA1&__proto__=x&__proto__[a]=b&constructor.prototype.a=b'),
    [403],
  ],
  [
    'JSON 30,000 deep',
    withBody('/api/tasks', JSON_TYPE, `{"title":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
    [400],
  ],
  ['JSON that never closes', withBody('/api/tasks', JSON_TYPE, '{"title":'.repeat(5_000)), [400]],
  ['no JSON', withBody('/api/tasks', JSON_TYPE, '\0\0\0'), [400]],
  ['an empty body of JSON', withBody('/api/tasks', JSON_TYPE, ''), [400]],
  ['a number beyond all numbers', withBody('/api/tasks', JSON_TYPE, `{"title":${'9'.repeat(10_000)}}`), [400]],
  ['bytes that are no UTF-8', withBody('/api/owner', JSON_TYPE, '{"number":"\xff\xfe"}'), [400]],
  ['a form of 1,500 fields', withBody('/calls/answer', FORM_TYPE, many(1_500, n => `f${n}=x`).join('&')), [403]],
  ['a form over its limit', withBody('/calls/answer', FORM_TYPE, 'x'.repeat(17_000)), [413]],
  [
    'a query of 2,000 parameters',
    request('GET', `/api/tasks?${many(2_000, n => `a${n}=`).join('&')}`, [CLOSE, ORIGIN]),
    [400, 200],
  ],
  ['a body in a GET', request('GET', '/staff/api/calls', [CLOSE, 'Content-Length: 4'], 'abcd'), [401]],
  [
    'a WebSocket of a POST',
    request('POST', '/calls/answer', ['Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 1000']),
    [400],
  ],
  [
    'HTTP/2 instead of a POST',
    request('POST', '/api/tasks', ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'Content-Length: 10']),
    [400],
  ],
  [
    'a WebSocket where there is no route',
    request('GET', '/no/such', ['Upgrade: websocket', 'Connection: Upgrade']),
    [404],
  ],
  [
    'a WebSocket of another method at the stream',
    request('PUT', '/calls/stream', ['Upgrade: websocket', 'Connection: Upgrade']),
    [404],
  ],
  [
    'a stream that nobody signed',
    request('GET', '/calls/stream', [
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ]),
    [403],
  ],
  [
    'nobody’s stream by an unknown upgrade',
    request('GET', '/calls/stream', ['Upgrade: h2c', 'Connection: Upgrade']),
    [403],
  ],
]

test.each(REFUSED)('%s: refused, and the connection closed', async (_, bytes, statuses) => {
  const told = await tell(server.port, Buffer.from(bytes, 'latin1'))
  expect(told.statuses.length, told.text).toBeGreaterThan(0)
  expect(statuses, told.text).toContain(told.statuses[0])
  // What comes after a request that cannot be read is no request.
  expect(told.statuses, told.text).toHaveLength(1)
  expect(told.text).not.toMatch(/node_modules|at .*\.ts:|SyntaxError|isAdmin/)
})

test('a tunnel is not opened, and nothing is said', async () => {
  expect(await tell(server.port, request('CONNECT', 'evil.example:443'))).toEqual({ text: '', statuses: [] })
})

test('an address of another server in the request line is this server’s, and what is signed is not', async () => {
  const params = { CallSid: 'CA1' }
  const told = (path: string, signedPath: string) => {
    const signature = getExpectedTwilioSignature(AUTH_TOKEN, `${PUBLIC_URL}${signedPath}`, params)
    const headers = [CLOSE, FORM_TYPE, 'Content-Length: 11', `X-Twilio-Signature: ${signature}`]
    return tell(server.port, request('POST', path, headers, 'CallSid=CA1'))
  }
  expect((await told('http://evil.example/calls/status', '/calls/status')).statuses).toEqual([403])
  expect((await told('/calls/status', '/calls/status')).statuses).toEqual([204])
})

test('a hundred requests in one packet get their hundred answers, in order', async () => {
  const all = many(100, n => request('GET', n % 2 ? '/healthz' : '/no/such', n === 99 ? [CLOSE] : []))
  const { statuses } = await tell(server.port, all.join(''))
  expect(statuses).toEqual(many(100, n => (n % 2 ? '200' : '404')).map(Number))
})

test('a request in the body of another one is no request', async () => {
  const inner = request('POST', '/api/owner', [CLOSE, ORIGIN, JSON_TYPE, 'Content-Length: 2'], '{}')
  const { statuses } = await tell(server.port, withBody('/api/tasks', JSON_TYPE, inner))
  expect(statuses).toEqual([400])
})

test('after all that the server answers, has met no fault, and has set out to nobody', async () => {
  expect((await tell(server.port, request('GET', '/healthz', [CLOSE]))).statuses).toEqual([200])
  expect(server.logged.filter(line => JSON.parse(line).level >= 50)).toEqual([])
  expect([server.connects(), await server.callFolders(), server.partyline.calls.live()]).toEqual([0, [], 0])
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})
