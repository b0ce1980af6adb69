/** This machine's names for itself. A page that reached this port under another one was led here by a forged name. */
const OWN_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HOST = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i

/** Whether a request's Host header has this machine's own name, with whatever port: it may have come through a tunnel. */
export function isOwnHost(host: string | undefined): host is string {
  const name = HOST.exec(host ?? '')?.[1]
  return name !== undefined && OWN_NAMES.has(name.toLowerCase())
}

/** Whether it comes from a page of this very host and port, or from a program that is no browser. */
export function isOwnOrigin(origin: string | undefined, host: string): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}
