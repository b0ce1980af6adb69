import { connect } from 'node:net'

export interface Told {
  /** The status of each answer, in order. */
  readonly statuses: readonly number[]
  readonly text: string
}

/**
 * What a server answers to these bytes, until it closes the connection: this side never does. `drip` sends the rest of
 * them one by one.
 */
export function tell(
  port: number,
  bytes: string | Uint8Array,
  drip?: { readonly rest: string; readonly everyMs: number },
) {
  return new Promise<Told>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    let at = 0
    const dripping =
      drip && setInterval(() => void socket.write(drip.rest[at++ % drip.rest.length] ?? ''), drip.everyMs)
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
    })
    socket.on('error', error => {
      // The server may reset a connection on which more is sent than it reads.
      if (!('code' in error) || !['ECONNRESET', 'EPIPE'].includes(String(error.code))) reject(error)
    })
    socket.on('close', () => {
      clearInterval(dripping)
      resolve({ text, statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) })
    })
    socket.write(bytes)
  })
}

/** A request as text. */
export const request = (method: string, path: string, headers: readonly string[] = [], body = ''): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: agent.example.com', ...headers, '', body].join('\r\n')
