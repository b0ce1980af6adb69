import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import type { ServerSettings } from '../settings/tool-settings.ts'
import { type ChildParts, childTransport } from './child-transport.ts'
import { httpFetch } from './http-fetch.ts'

/** A transport to a server, used for one connection. */
export interface Wire {
  readonly transport: Transport
  /** Whether the server gave a session, which it may forget. */
  readonly hasSession: () => boolean
  /** Ends the session on the server, if it has sessions; the transport still has to be closed. */
  readonly endSession: () => Promise<void>
  /** The last line that the server has written to its standard error; undefined when there is none. */
  readonly lastLine: () => string | undefined
  /** Frees what is left after the transport was closed. */
  readonly destroy: () => void
}

/** Starts a new process of the server, or opens new sockets to it. */
export function openWire(server: ServerSettings, parts: ChildParts): Wire {
  switch (server.kind) {
    case 'child': {
      const { transport, lastLine } = childTransport(server, parts)
      return {
        transport,
        lastLine,
        hasSession: () => false,
        endSession: async () => undefined,
        destroy: () => undefined,
      }
    }
    case 'http': {
      const { fetch, destroy } = httpFetch(server.url, parts)
      const requestInit = { headers: { ...server.headers } }
      const http = new StreamableHTTPClientTransport(new URL(server.url), { fetch, requestInit })
      return {
        transport: http,
        hasSession: () => http.sessionId !== undefined,
        endSession: () => http.terminateSession(),
        lastLine: () => undefined,
        destroy,
      }
    }
  }
}
