import type { Agent } from 'node:http'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import type { Agent as KeptConnections } from 'undici'

/** The way from this process to other servers. Tests give one that joins servers in memory. */
export interface Network {
  /** Follows no redirect: who asked gets the answer that has one, as any other that is no success. */
  readonly fetch: typeof globalThis.fetch
  /** Opens the connections of WebSockets; without one, Node's own does. */
  readonly agent?: Agent
  /** Opens a connection to this server that the next request finds ready. Never rejects; nothing where that gains nothing. */
  connect?(url: string, signal: AbortSignal): void
}

/**
 * So long a connection is kept while nothing is asked by it. Node's own 4 s are less than what passes between two turns of a
 * caller, so each of them would wait for TCP and TLS anew. Some vendors close connections after 30 s.
 */
export const KEPT_MS = 25_000
let kept: KeptConnections | undefined

/** Of the package its connections alone are loaded, with the first request: `fetch` itself is Node's. */
function keptConnections(): KeptConnections {
  if (kept) return kept
  const Kept: typeof KeptConnections = createRequire(import.meta.url)('undici/lib/dispatcher/agent.js')
  kept = new Kept({ keepAliveTimeout: KEPT_MS, keepAliveMaxTimeout: KEPT_MS })
  return kept
}

/**
 * The system's own network. A redirect would take a request, and keys in headers that no browser knows as keys, to whichever
 * host an answer names: no vendor's API needs one.
 */
export const systemNetwork: Network = {
  fetch(input, init) {
    const always = { redirect: 'manual', dispatcher: keptConnections() } as const
    return globalThis.fetch(input, { ...init, ...always })
  },
  connect(url, signal) {
    systemNetwork.fetch(url, { method: 'HEAD', signal }).catch(() => undefined)
  },
}

/** Names that mean this machine, or its own network. */
const INSIDE =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa|test|invalid|svc|metadata\.goog)$/

/**
 * Whether an address that another server named may be asked: of the host that named it (`of`), or by https of a host with a
 * public name. Numbers are never taken, however they are written, nor names of this machine and of the network that it is in.
 * A public name that leads inside is no way in either: what is there has no certificate for it.
 */
export function isAskable(address: string, of: string): boolean {
  const [url, own] = [urlOf(address), urlOf(of)]
  if (!url || !own || url.username !== '' || url.password !== '') return false
  if (url.origin === own.origin) return true
  const host = url.hostname.toLowerCase().replace(/\.+$/, '')
  const isNumber = host.startsWith('[') || isIP(host) !== 0
  return url.protocol === 'https:' && host.includes('.') && !isNumber && !INSIDE.test(host)
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
