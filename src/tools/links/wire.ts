import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import type { ServerSettings } from '../settings/tool-settings.ts'
import { type ChildParts, childTransport } from './child-transport.ts'
import { httpFetch } from './http-fetch.ts'

/** One way to a server, used once. */
export interface Wire {
  readonly transport: Transport
  /** Tells the server that its session is over, where there are sessions; the transport still has to be closed. */
  readonly farewell: () => Promise<void>
  /** After the transport was closed: nothing of it is left. */
  readonly destroy: () => void
}

/** A new process of the server, or new sockets to it. */
export function openWire(server: ServerSettings, parts: ChildParts): Wire {
  switch (server.kind) {
    case 'child':
      return {
        transport: childTransport(server, parts),
        farewell: async () => undefined,
        destroy: () => undefined,
      }
    case 'http': {
      const { fetch, destroy } = httpFetch(server.url, parts)
      const requestInit = { headers: { ...server.headers } }
      const http = new StreamableHTTPClientTransport(new URL(server.url), { fetch, requestInit })
      return { transport: http, farewell: () => http.terminateSession(), destroy }
    }
  }
}
