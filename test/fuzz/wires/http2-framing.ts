import type { EditedSession } from '../mutation/session.ts'
import type { Framing } from './framing.ts'

const HEAD_BYTES = 9
const DATA = 0
/** The longest frame that a client takes if it says nothing else. */
const MOST_BYTES = 16_384

/** HTTP/2's frames of data, each of which is a message; those of headers and of flow control pass as they are. */
export function http2Framing(session: EditedSession): Framing {
  let left: Buffer = Buffer.alloc(0)
  return {
    push(bytes) {
      left = Buffer.concat([left, bytes])
      const out: Buffer[] = []
      while (left.length >= HEAD_BYTES && left.length >= HEAD_BYTES + left.readUIntBE(0, 3)) {
        const frame = left.subarray(0, HEAD_BYTES + left.readUIntBE(0, 3))
        left = left.subarray(frame.length)
        if (frame[3] !== DATA || frame.length === HEAD_BYTES) {
          out.push(frame)
          continue
        }
        const edited = session.take({ data: frame.subarray(HEAD_BYTES), isBinary: true })
        for (const { data } of edited.messages) {
          const head = Buffer.from(frame.subarray(0, HEAD_BYTES))
          const payload = data.subarray(0, MOST_BYTES)
          head.writeUIntBE(payload.length, 0, 3)
          out.push(head, payload)
        }
        if (edited.ends) return { bytes: out, ends: true }
      }
      return { bytes: out, ends: false }
    },
  }
}
