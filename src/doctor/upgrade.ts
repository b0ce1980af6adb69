import WebSocket from 'ws'
import type { Network } from '../network.ts'

/** Asks for a WebSocket; resolves with the status, which is 101 where it opens. It is closed at once. */
export type Upgrade = (url: string, headers: Record<string, string>, signal: AbortSignal) => Promise<number>

export const upgradeOver =
  ({ agent }: Network): Upgrade =>
  (url, headers, signal) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { headers, ...(agent && { agent }) })
      const end = (): void => socket.terminate()
      signal.addEventListener('abort', end, { once: true })
      socket.once('close', () => signal.removeEventListener('abort', end))
      socket.once('open', () => {
        socket.close()
        resolve(101)
      })
      socket.once('unexpected-response', (_request, { statusCode }) => {
        resolve(statusCode ?? 0)
        socket.terminate()
      })
      socket.on('error', reject)
    })
