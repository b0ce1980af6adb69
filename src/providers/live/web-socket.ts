import { type ClientOptions, WebSocket } from 'ws'

/** Begins to open a socket. An Error where that cannot even be begun: `ws` throws on a header that cannot be sent. */
export function webSocket(url: string | URL, options: ClientOptions): WebSocket | Error {
  try {
    return new WebSocket(url, options)
  } catch (cause) {
    // Node's message has the header's name, and not its value.
    return new Error(`it cannot be asked for a socket: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
