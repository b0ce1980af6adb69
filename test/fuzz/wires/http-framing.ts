import type { Message } from '../mutation/edited-message.ts'
import type { EditedSession } from '../mutation/session.ts'
import type { Framing } from './framing.ts'
import { webSocketFraming } from './web-socket-framing.ts'

const HEAD_END = '\r\n\r\n'
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

type State =
  | { readonly kind: 'head' }
  | { readonly kind: 'chunks'; readonly isText: boolean }
  | { readonly kind: 'whole'; readonly head: string; readonly length: number; readonly isText: boolean }
  | { readonly kind: 'socket'; readonly framing: Framing }

const chunkOf = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])

function chunksOf({ data, pieces = 1 }: Message): readonly Buffer[] {
  if (data.length === 0) return []
  const each = Math.ceil(data.length / pieces)
  return Array.from({ length: Math.ceil(data.length / each) }, (_, i) =>
    chunkOf(data.subarray(i * each, (i + 1) * each)),
  )
}

/** Answers of HTTP/1.1: each chunk of a body is a message, and a body of a given length is one. Heads pass as they are. */
export function httpFraming(session: EditedSession): Framing {
  let left: Buffer = Buffer.alloc(0)
  let state: State = { kind: 'head' }
  const out: Buffer[] = []

  /** Whether there was something whole to read. */
  function step(): 'more' | 'wait' | 'ends' {
    switch (state.kind) {
      case 'head': {
        const end = left.indexOf(HEAD_END)
        if (end < 0) return 'wait'
        const head = left.toString('latin1', 0, end + HEAD_END.length)
        left = left.subarray(head.length)
        state = after(head)
        if (state.kind !== 'whole') out.push(Buffer.from(head, 'latin1'))
        return 'more'
      }
      case 'chunks': {
        const end = left.indexOf('\r\n')
        if (end < 0) return 'wait'
        const length = Number.parseInt(left.toString('latin1', 0, end), 16)
        if (left.length < end + 2 + length + 2) return 'wait'
        const data = left.subarray(end + 2, end + 2 + length)
        left = left.subarray(end + 2 + length + 2)
        if (length === 0) {
          state = { kind: 'head' }
          out.push(LAST_CHUNK)
          return 'more'
        }
        const edited = session.take({ data, isBinary: !state.isText })
        out.push(...edited.messages.flatMap(chunksOf))
        return edited.ends ? 'ends' : 'more'
      }
      case 'whole': {
        const { head, length, isText } = state
        if (left.length < length) return 'wait'
        const edited = session.take({ data: left.subarray(0, length), isBinary: !isText })
        left = left.subarray(length)
        const body = Buffer.concat(edited.messages.map(({ data }) => data))
        out.push(Buffer.from(head.replace(/^content-length:.*$/im, `content-length: ${body.length}`), 'latin1'), body)
        state = { kind: 'head' }
        return edited.ends ? 'ends' : 'more'
      }
      case 'socket': {
        const { bytes, ends } = state.framing.push(left)
        left = Buffer.alloc(0)
        out.push(...bytes)
        return ends ? 'ends' : 'wait'
      }
    }
  }

  function after(head: string): State {
    if (/^HTTP\/1\.1 101/.test(head)) return { kind: 'socket', framing: webSocketFraming(session) }
    const isText = !/^content-type: *(?:audio|application\/(?:octet|vnd\.amazon))/im.test(head)
    if (/^transfer-encoding: *chunked/im.test(head)) return { kind: 'chunks', isText }
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    return length > 0 ? { kind: 'whole', head, length, isText } : { kind: 'head' }
  }

  return {
    push(bytes) {
      left = Buffer.concat([left, bytes])
      let next = step()
      while (next === 'more') next = step()
      return { bytes: out.splice(0), ends: next === 'ends' }
    },
  }
}
