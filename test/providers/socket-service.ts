import { createServer, type IncomingHttpHeaders } from 'node:http'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock, SpeechToText } from '../../src/conversation/ports.ts'
import type { Network } from '../../src/network.ts'
import { openVirtualTime } from '../whole-call/virtual-time.ts'
import { listenTo } from './live-session.ts'

/** A provider's session at a server that the test plays: `onSocket` gets its socket. Binary messages are kept as 'N bytes'. */
export async function socketService(
  onSocket: (socket: WebSocket) => void,
  open: (baseUrl: string, clock: Clock, network: Network) => SpeechToText,
  rateHz = 8_000,
) {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
  })
  const received: string[] = []
  let asked: { readonly headers: IncomingHttpHeaders; readonly query: URLSearchParams } | undefined
  server.on('connection', (socket, { headers, url = '' }) => {
    asked = { headers, query: new URL(url, 'http://service').searchParams }
    socket.on('message', (data: Buffer, isBinary) => received.push(isBinary ? `${data.length} bytes` : String(data)))
    onSocket(socket)
  })
  const session = listenTo(open(time.network.join('service', http), time.clock, time.network), time, rateHz)
  return {
    ...session,
    received: (): readonly string[] => received,
    asked() {
      if (!asked) throw new Error('nobody has connected')
      return asked
    },
  }
}
