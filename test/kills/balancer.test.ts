import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock as clock } from '../../src/clock.ts'
import { openBalancer } from './balancer.ts'

/** A server that tells its name; it is ready until told otherwise, and breaks its streams off when asked. */
async function server(name: string) {
  let isReady = true
  let asked = 0
  const http = createServer((request, response) => {
    if (request.url === '/readyz') return void response.writeHead(isReady ? 200 : 503).end()
    asked++
    request.toArray().then(chunks => response.end(`${name}: ${Buffer.concat(chunks)}`))
  })
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', socket => socket.on('message', data => socket.send(`${name}: ${data}`)))
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    http.closeAllConnections()
    if (http.listening) await new Promise(resolve => http.close(resolve))
  }
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    ready: (is: boolean) => {
      isReady = is
    },
    asked: () => asked,
    close,
  }
}

async function opened() {
  const balancer = openBalancer(clock)
  onTestFinished(balancer.close)
  const [one, two] = [await server('one'), await server('two')]
  balancer.add(one.url)
  balancer.add(two.url)
  const { url, streams, halfOpen } = await balancer.door()
  const ask = async (): Promise<string> => (await fetch(url, { method: 'POST', body: 'hello' })).text()
  return { one, two, url, streams, halfOpen, ask }
}

test('requests go to the server that is ready, and to either where both are', async () => {
  const { one, two, ask } = await opened()
  one.ready(false)
  await expect.poll(async () => [await ask(), await ask()]).toEqual(['two: hello', 'two: hello'])
  one.ready(true)
  two.ready(false)
  await expect.poll(async () => [await ask(), await ask()]).toEqual(['one: hello', 'one: hello'])
})

test('a server that takes no connection is left out, and nobody is told', async () => {
  const { one, ask } = await opened()
  await one.close()
  expect(await Promise.all(Array.from({ length: 10 }, ask))).toEqual(Array.from({ length: 10 }, () => 'two: hello'))
})

test('a request that breaks after it was sent is answered with 502, and sent to nobody else', async () => {
  let asked = 0
  const broken = createServer((request, response) => {
    if (request.url === '/readyz') return void response.end()
    asked++
    request.socket.destroy()
  })
  await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void broken.close())
  const balancer = openBalancer(clock)
  onTestFinished(balancer.close)
  const other = await server('other')
  balancer.add(`http://127.0.0.1:${(broken.address() as AddressInfo).port}`)
  balancer.add(other.url)
  const door = await balancer.door()
  // As long as none has more connections, the first is asked.
  expect((await fetch(door.url, { method: 'POST', body: 'hello' })).status).toBe(502)
  expect([asked, other.asked()]).toEqual([1, 0])
})

test('a stream is known by its server, and breaks with it; the next one goes to the other', async () => {
  const { one, two, url, streams } = await opened()
  const said = async (socket: WebSocket): Promise<string> => {
    socket.send('hello')
    return String((await once(socket, 'message'))[0])
  }
  const first = new WebSocket(url.replace('http', 'ws'))
  await once(first, 'open')
  const name = (await said(first)).split(':')[0]
  const [holder, other] = name === 'one' ? [one, two] : [two, one]
  expect(streams()).toMatchObject([{ server: holder.url, closedMs: undefined }])
  const closed = once(first, 'close')
  await holder.close()
  expect((await closed)[0]).toBe(1006)

  const second = new WebSocket(url.replace('http', 'ws'))
  await once(second, 'open')
  expect(await said(second)).toBe(`${name === 'one' ? 'two' : 'one'}: hello`)
  expect(streams().map(({ server }) => server)).toEqual([holder.url, other.url])
  expect(streams()[0]?.closedMs).toBeDefined()
  expect(streams()[0]?.lastSentMs).toBeLessThanOrEqual(streams()[1]?.openedMs ?? 0)
  second.terminate()
})

test('of a stream that is half open neither side is told that the other one ended', async () => {
  const { one, two, url, streams, halfOpen } = await opened()
  const socket = new WebSocket(url.replace('http', 'ws'))
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const holder = [one, two].find(({ url }) => url === streams()[0]?.server)
  halfOpen()
  await holder?.close()
  await expect.poll(() => streams()[0]?.closedMs).toBeDefined()
  // Far more than what fits into the buffers of the way.
  const much = Buffer.alloc(1024 * 1024)
  for (let i = 0; i < 20; i++) await new Promise(resolve => socket.send(much, resolve))
  await expect.poll(() => socket.bufferedAmount).toBe(0)
  expect(socket.readyState).toBe(WebSocket.OPEN)
})
