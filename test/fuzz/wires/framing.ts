import type { EditedSession } from '../mutation/session.ts'
import { httpFraming } from './http-framing.ts'
import { http2Framing } from './http2-framing.ts'

/** What comes of bytes that a server sent, once its messages have been edited. `ends`: the connection is over. */
export interface Edited {
  readonly bytes: readonly Buffer[]
  readonly ends: boolean
}

/** Reads a connection's bytes as messages, has them edited, and frames them again. */
export interface Framing {
  push(bytes: Buffer): Edited
}

const MOST_HEAD = 12

/** The framing that a server's first bytes tell: HTTP/1.1, which may become a WebSocket, or HTTP/2. */
export function framingOf(session: EditedSession): Framing {
  let start: Buffer = Buffer.alloc(0)
  let framing: Framing | undefined
  return {
    push(bytes) {
      if (framing) return framing.push(bytes)
      start = Buffer.concat([start, bytes])
      if (start.length < MOST_HEAD) return { bytes: [], ends: false }
      framing = start.toString('latin1', 0, 5) === 'HTTP/' ? httpFraming(session) : http2Framing(session)
      return framing.push(start)
    },
  }
}
