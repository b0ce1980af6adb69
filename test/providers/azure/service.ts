import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { Queue } from '../../../src/conversation/queue.ts'
import { readUsp, type UspMessage } from '../../../src/providers/azure/usp.ts'

/** A server for one test, that is the other end of the wire. */
export async function service(take: (message: UspMessage, socket: WebSocket) => void = () => undefined) {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    http.close()
  })
  const messages = new Queue<UspMessage>(1_000)
  const connections = new Queue<WebSocket>(100)
  const asked: { url: string; key: unknown }[] = []
  server.on('connection', (socket, { url = '', headers }) => {
    connections.push(socket)
    asked.push({ url, key: headers['ocp-apim-subscription-key'] })
    socket.on('message', (data: Buffer, isBinary) => {
      const message = readUsp(data, isBinary)
      if (!message) throw new Error('not a message of the protocol')
      messages.push(message)
      take(message, socket)
    })
  })
  const baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return {
    baseUrl,
    asked,
    messages: messages[Symbol.asyncIterator](),
    connections: connections[Symbol.asyncIterator](),
  }
}

/** A text message of the service. */
export const reply = (socket: WebSocket, path: string, id: string, body: object): void =>
  socket.send(
    `X-RequestId:${id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:${path}\r\n\r\n${JSON.stringify(body)}`,
  )
