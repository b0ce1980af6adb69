import type { Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { Duplex } from 'node:stream'

/** How every HTTP/2 connection begins. */
const PREFACE = 'PRI'

/** Lets connections that begin as HTTP/2 be those of another server, at the same port: gRPC beside the stand-in's routes. */
export function withHttp2(server: Server, http2: Http2Server): void {
  const others = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Duplex) => {
    const lost = (): void => void socket.destroy()
    socket.on('error', lost)
    socket.once('readable', () => {
      const begin: Buffer | null = socket.read()
      socket.off('error', lost)
      if (begin === null) return lost()
      socket.unshift(begin)
      if (begin.toString('latin1', 0, PREFACE.length) === PREFACE) http2.emit('connection', socket)
      else for (const listener of others) listener.call(server, socket)
    })
  })
}
