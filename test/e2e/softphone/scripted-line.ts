import { once } from 'node:events'
import { join } from 'node:path'
import files from '@fastify/static'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import { expect, onTestFinished } from 'vitest'
import type { WebSocket } from 'ws'
import { BUILT_PAGE } from '../../../src/page.ts'
import type { FromPage, ToPage } from '../../../src/sandbox/softphone/messages.ts'

/** As the sandbox's own. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** The built page, and a line on which the test says what the sandbox would. */
export interface SoftphoneServer {
  readonly url: string
  /** What the page has sent, the latest last. */
  readonly asked: readonly FromPage[]
  /** Frames that came from the page, the latest last. */
  readonly frames: readonly Uint8Array[]
  /** What each page is told first. */
  server: Extract<ToPage, { kind: 'server' }>
  /** Whether the file for the sound thread can be had. */
  hasWorklet: boolean
  say(...messages: readonly ToPage[]): void
  play(frame: Uint8Array): void
  /** Resolves when the page has sent this kind of message, with the latest of it. */
  untilAsked<Kind extends FromPage['kind']>(kind: Kind): Promise<Extract<FromPage, { kind: Kind }>>
  /** Closes the lines of all pages; refuses new ones until it is let. */
  hangUp(lets: boolean): void
}

export async function serveSoftphone(): Promise<SoftphoneServer> {
  const app = Fastify()
  const sockets = new Set<WebSocket>()
  const [asked, frames]: [FromPage[], Uint8Array[]] = [[], []]
  let isOpen = true
  app.addHook('onSend', async (_request, reply) => void reply.headers(HEADERS))
  app.addHook('onRequest', async (request, reply) => {
    if (!served.hasWorklet && request.url.includes('worklet')) return reply.code(404).send()
  })
  await app.register(files, { root: join(BUILT_PAGE, 'assets'), prefix: '/assets/' })
  app.get('/', (_request, reply) => reply.sendFile('softphone.html', BUILT_PAGE))
  await app.register(websocket)
  app.get('/softphone/line', { websocket: true }, socket => {
    if (!isOpen) return socket.close()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) frames.push(Uint8Array.from(data))
      else asked.push(JSON.parse(String(data)) as FromPage)
    })
    socket.send(JSON.stringify(served.server))
  })
  const served: SoftphoneServer = {
    ...{ url: await app.listen({ port: 0, host: '127.0.0.1' }), asked, frames },
    server: { kind: 'server', url: 'http://127.0.0.1:8080', ready: true, notReady: [], follows: true },
    hasWorklet: true,
    say(...messages) {
      for (const message of messages) for (const socket of sockets) socket.send(JSON.stringify(message))
    },
    play(frame) {
      for (const socket of sockets) socket.send(frame)
    },
    async untilAsked(kind) {
      await expect.poll(() => asked.some(message => message.kind === kind)).toBe(true)
      const found = asked.findLast(message => message.kind === kind)
      return found as Extract<FromPage, { kind: typeof kind }>
    },
    hangUp(lets) {
      isOpen = lets
      for (const socket of sockets) socket.terminate()
    },
  }
  onTestFinished(async () => {
    served.hangUp(false)
    const closed = once(app.server, 'close')
    app.server.closeAllConnections()
    await Promise.all([app.close(), closed])
  })
  return served
}
