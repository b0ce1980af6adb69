import type { Agent } from 'node:http'

/** The way from this process to other servers. Tests give one that joins servers in memory. */
export interface Network {
  readonly fetch: typeof globalThis.fetch
  /** Opens the connections of WebSockets; without one, Node's own does. */
  readonly agent?: Agent
}

export const systemNetwork: Network = { fetch: (input, init) => globalThis.fetch(input, init) }
