import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * A real port of this machine at which nobody should ask, and every socket that this process begins to open meanwhile, as Node
 * tells it. Connections in memory open none.
 */
export async function watchedSockets() {
  let connections = 0
  let opened = 0
  const server = createServer(socket => {
    connections++
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{}')
  })
  // All addresses of this machine, IPv4's too.
  server.listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const count = (): void => void opened++
  subscribe('net.client.socket', count)
  return {
    port,
    /** At the port. */
    connections: (): number => connections,
    /** To anywhere, by this process. */
    opened: (): number => opened,
    async close(): Promise<void> {
      unsubscribe('net.client.socket', count)
      server.close()
      await once(server, 'close')
    },
  }
}
