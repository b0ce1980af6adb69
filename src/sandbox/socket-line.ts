import type { WebSocket } from 'ws'
import { scopeOf } from '../conversation/scope.ts'
import type { Faults } from './faults.ts'

/** A stand-in's side of one session. */
export interface SocketLine {
  /** Sends a message, or what a fault makes of it. */
  send(message: object): void
  /** Aborts when the connection is over. */
  readonly signal: AbortSignal
}

/** `broken` is what a malformed message is. `onClosed` gets the code: 1006 is that of a connection that was cut. */
export function socketLine(
  socket: WebSocket,
  faults: Faults,
  serverSignal: AbortSignal,
  { broken, onClosed }: { readonly broken: string; readonly onClosed: (code: number) => void },
): SocketLine {
  const scope = scopeOf(serverSignal)
  const line = faults.join(() => socket.terminate(), scope.signal)
  socket.on('error', () => socket.terminate())
  socket.on('close', code => {
    scope.abort(new Error('the session is over'))
    onClosed(code)
  })
  return {
    signal: scope.signal,
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      switch (line.fate()) {
        case 'send':
          return socket.send(JSON.stringify(message))
        case 'malformed':
          return socket.send(broken)
        case 'drop':
        case 'stall':
          return
      }
    },
  }
}

/** 16-bit samples, little-endian. */
export function samplesOf(data: Buffer): Int16Array {
  const pcm = new Int16Array(data.length >> 1)
  for (let i = 0; i < pcm.length; i++) pcm[i] = data.readInt16LE(i * 2)
  return pcm
}

/** The value of a JSON text; undefined if it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
