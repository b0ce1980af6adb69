import { createServer, type Server } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { vendorSocket } from '../../../src/providers/live/vendor-socket.ts'
import { memoryNetwork } from '../../whole-call/memory-network.ts'

/** A socket to a server in memory, and what it reports. */
function connect(http: Server, onText: (text: string) => void = () => undefined) {
  const network = memoryNetwork()
  const failures: { readonly why: string; readonly retryable: boolean }[] = []
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>()
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>()
  const socket = vendorSocket(
    {
      url: `${network.join('vendor', http)}/listen`,
      headers: { Authorization: 'key' },
      traceparent: undefined,
      onText,
      isPassing: code => code !== 4_001,
    },
    network,
    {
      heard: () => hear(),
      failed(why, retryable) {
        failures.push({ why, retryable })
        fail()
      },
    },
  )
  onTestFinished(() => socket.close())
  return { socket, network, failures, failed, heard }
}

function served(onConnection: Parameters<WebSocketServer['on']>[1]): Server {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', onConnection)
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
  })
  return http
}

function refusing(status: number, body: string): Server {
  const http = createServer()
  http.on('upgrade', (_request, stream) =>
    stream.end(
      `HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    ),
  )
  return http
}

test.each([
  { status: 401, body: '{"error":{"message":"Incorrect API key"}}', why: 'refused with 401: Incorrect API key' },
  { status: 403, body: 'no entry', why: 'refused with 403: no entry' },
  { status: 404, body: '', why: 'refused with 404' },
  { status: 429, body: '{"error":"slow down"}', why: 'refused with 429: slow down' },
  { status: 503, body: '<html>', why: 'refused with 503: <html>' },
])('a handshake that is refused with $status says why', async ({ status, body, why }) => {
  const { failures, failed } = connect(refusing(status, body))
  await failed
  expect(failures[0]).toEqual({ why, retryable: status >= 429 })
})

test('a quota that is used up does not come back', async () => {
  const { failures, failed } = connect(refusing(429, '{"error":{"message":"none left","code":"insufficient_quota"}}'))
  await failed
  expect(failures[0]?.retryable).toBe(false)
})

test('of an endless refusal only the beginning is read, and the connection is cut', async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const http = createServer()
  http.on('upgrade', (_request, stream) => {
    stream.on('close', close).on('error', () => undefined)
    stream.resume()
    stream.write(`HTTP/1.1 500 No\r\nContent-Length: 1000000000\r\n\r\n${'x'.repeat(10_000)}`)
  })
  const { failures, failed } = connect(http)
  await failed
  expect(failures[0]?.why.length).toBeLessThan(300)
  await closed
})

test('a close is told with its code and its reason, which say whether to try again', async () => {
  const lasting = connect(served(socket => socket.close(4_001, 'Not Authorized')))
  await lasting.failed
  expect(lasting.failures[0]).toEqual({ why: 'closed with 4001 Not Authorized', retryable: false })
  const passing = connect(served(socket => socket.close(1_011)))
  await passing.failed
  expect(passing.failures[0]).toEqual({ why: 'closed with 1011', retryable: true })
})

test('a ping is a sign of life once it is answered', async () => {
  const { socket, heard, failures } = connect(
    served(peer => peer.send('{}')),
    () => socket.ping(),
  )
  await heard
  expect(failures).toEqual([])
})

test('what is sent before it is open, or when the service takes no more, is an error', async () => {
  const { promise: filled, resolve: fill } = Promise.withResolvers<unknown>()
  const { socket } = connect(
    served(peer => {
      peer.send('{}')
      peer.pause()
    }),
    () => {
      try {
        for (let i = 0; i < 100; i++) socket.sendBytes(new Uint8Array(100_000))
        fill('all was sent')
      } catch (error) {
        fill(error)
      }
    },
  )
  expect(() => socket.sendText({})).toThrow('the socket is not open')
  expect(String(await filled)).toContain('takes no more')
})

test('an error while a message is taken ends the session, and not the process', async () => {
  const { failures, failed } = connect(
    served(socket => socket.send('{}')),
    () => {
      throw new Error('cannot answer')
    },
  )
  await failed
  expect(failures[0]).toEqual({ why: 'cannot answer', retryable: true })
})
