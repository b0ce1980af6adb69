import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { WebSocket, WebSocketServer } from 'ws'
import type { MemoryNetwork } from '../whole-call/memory-network.ts'

/** A WebSocket through the relay: what goes on each way can be sent by hand, too. */
export interface RelayedSocket {
  /** The path with its query. */
  readonly url: string
  /** Sends to the server that was asked. */
  up(message: string | Buffer): void
  /** Sends to who has asked. */
  down(message: string): void
  /** Closes the side of who has asked. */
  close(code: number, why: string): void
}

/** What the relay does. Where nothing is given, all goes on as it came. */
export interface Meddling {
  /** Answers a request itself, or lets it go on. */
  readonly answer?: (request: { readonly url: string; readonly body: string }, response: ServerResponse) => boolean
  readonly opened?: (socket: RelayedSocket) => void
  /** Messages in place of this one, on their way to the server that was asked. */
  readonly up?: (message: string | Buffer, socket: RelayedSocket) => readonly (string | Buffer)[]
  /** The same on the way back. */
  readonly down?: (message: string, socket: RelayedSocket) => readonly string[]
}

let relays = 0

/**
 * Stands before a server in memory and passes on whole requests and messages, in virtual time. Gives the address at which
 * it is asked.
 */
export function openRelay(target: string, network: MemoryNetwork, meddling: Meddling): string {
  const server = createServer((request, response) => {
    passOn(request, response).catch(error => response.destroy(error))
  })
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const { url = '/', method = 'GET' } = request
    if (meddling.answer?.({ url, body }, response)) return
    const headers = headersOf(request)
    const answer = await network.fetch(`${target}${url}`, { method, headers, ...(method !== 'GET' && { body }) })
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    for await (const piece of answer.body ?? []) response.write(piece)
    response.end()
  }

  server.on('upgrade', (request, duplex, head) => {
    const { url = '/' } = request
    const { agent } = network
    const far = new WebSocket(`${target.replace('http', 'ws')}${url}`, {
      ...{ headers: headersOf(request), perMessageDeflate: false },
      ...(agent && { agent }),
    })
    far.on('error', () => duplex.destroy())
    far.once('open', () => sockets.handleUpgrade(request, duplex, head, near => join(near, far, url)))
  })

  function join(near: WebSocket, far: WebSocket, url: string): void {
    const send = (to: WebSocket, message: string | Buffer): void => {
      if (to.readyState === WebSocket.OPEN) to.send(message)
    }
    const socket: RelayedSocket = {
      url,
      up: message => send(far, message),
      down: message => send(near, message),
      close: (code, why) => near.close(code, why),
    }
    meddling.opened?.(socket)
    near.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? data : data.toString()
      for (const some of meddling.up?.(message, socket) ?? [message]) socket.up(some)
    })
    far.on('message', (data: Buffer) => {
      const message = data.toString()
      for (const some of meddling.down?.(message, socket) ?? [message]) socket.down(some)
    })
    near.on('error', () => near.terminate())
    near.on('close', code => (code === 1006 ? far.terminate() : far.close()))
    far.on('close', code => (code === 1006 ? near.terminate() : near.close(code === 1005 ? 1000 : code)))
  }

  relays++
  return network.join(`relay-${relays}`, server)
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' && !/^(?:host|connection|upgrade|sec-websocket-|content-length|transfer-)/.test(name))
      kept[name] = value
  return kept
}
