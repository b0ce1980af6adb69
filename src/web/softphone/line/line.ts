import { type FromPage, messageIn, type ToPage } from './messages.ts'

/** The way to the sandbox, which rings the server for this page. */
export interface Line {
  send(message: FromPage): void
  /** A frame for the call. It is left out while the network is behind: who is late should not become later. */
  sendSound(frame: Uint8Array<ArrayBuffer>): void
}

export interface LineHeard {
  /** It can be used from now on. */
  readonly onOpen: (line: Line) => void
  readonly onMessage: (message: ToPage) => void
  /** A frame that the caller hears. */
  readonly onSound: (frame: Uint8Array<ArrayBuffer>) => void
  /** It is gone, and is opened again after a while. A call that was on it is over. */
  readonly onLost: () => void
}

const PATH = '/softphone/line'
/** Waits between tries. The last one stays. */
const WAITS_MS = [500, 1_000, 2_000, 4_000] as const
const LONGEST_WAIT_MS = 5_000
/** A second of sound. */
const MOST_BUFFERED_BYTES = 8_000
/** A server that takes longer to answer is away. */
const OPENS_WITHIN_MS = 5_000

/** Keeps a line open until `signal` is aborted. `hurry` opens one at once that waits to be tried again. */
export function keepLine(heard: LineHeard, signal: AbortSignal): { hurry(): void } {
  let [tries, timer]: [number, ReturnType<typeof setTimeout> | undefined] = [0, undefined]
  let close: () => void = () => undefined

  function open(): void {
    timer = undefined
    const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + PATH)
    socket.binaryType = 'arraybuffer'
    const late = setTimeout(() => socket.close(), OPENS_WITHIN_MS)
    close = () => socket.close()
    socket.onopen = () => {
      clearTimeout(late)
      tries = 0
      heard.onOpen(lineOf(socket))
    }
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) return heard.onSound(new Uint8Array(data))
      const message = messageIn(String(data))
      if (message) heard.onMessage(message)
    }
    socket.onclose = () => {
      clearTimeout(late)
      if (signal.aborted) return
      heard.onLost()
      timer = setTimeout(open, WAITS_MS[tries++] ?? LONGEST_WAIT_MS)
    }
  }

  function hurry(): void {
    if (timer === undefined || signal.aborted) return
    clearTimeout(timer)
    open()
  }

  window.addEventListener('online', hurry)
  signal.addEventListener('abort', () => {
    window.removeEventListener('online', hurry)
    clearTimeout(timer)
    close()
  })
  open()
  return { hurry }
}

const lineOf = (socket: WebSocket): Line => ({
  send(message) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  },
  sendSound(frame) {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < MOST_BUFFERED_BYTES) socket.send(frame)
  },
})
