import type { Message } from '../mutation/edited-message.ts'
import type { EditedSession } from '../mutation/session.ts'
import type { Framing } from './framing.ts'

const [TEXT, BINARY, CONTINUED] = [1, 2, 0]
const FINAL = 0x80

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  readonly all: Buffer
}

/** The first frame in these bytes, unmasked, once all of it is there. */
function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1] ?? 0
  const head = short === 127 ? 10 : short === 126 ? 4 : 2
  if (bytes.length < head) return undefined
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short
  if (bytes.length < head + length) return undefined
  const all = bytes.subarray(0, head + length)
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: all.subarray(head), all }
}

/** A frame as a server sends it. */
export function frameOf(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  head[0] = (isFinal ? FINAL : 0) | opcode
  head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(payload.length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

export function framesOf({ data, isBinary, pieces = 1 }: Message): readonly Buffer[] {
  const each = Math.max(1, Math.ceil(data.length / pieces))
  const frames: Buffer[] = []
  for (let at = 0; at < data.length || frames.length === 0; at += each) {
    const opcode = frames.length > 0 ? CONTINUED : isBinary ? BINARY : TEXT
    frames.push(frameOf(opcode, data.subarray(at, at + each), at + each >= data.length))
  }
  return frames
}

/** A WebSocket's frames from its server. Pings and closes pass as they are; servers here send no fragments. */
export function webSocketFraming(session: EditedSession): Framing {
  let left: Buffer = Buffer.alloc(0)
  return {
    push(bytes) {
      left = Buffer.concat([left, bytes])
      const out: Buffer[] = []
      for (let frame = frameIn(left); frame; frame = frameIn(left)) {
        left = left.subarray(frame.all.length)
        if (frame.opcode > BINARY) {
          out.push(frame.all)
          continue
        }
        const edited = session.take({ data: frame.payload, isBinary: frame.opcode === BINARY })
        out.push(...edited.messages.flatMap(framesOf))
        if (edited.ends) return { bytes: out, ends: true }
      }
      return { bytes: out, ends: false }
    },
  }
}
