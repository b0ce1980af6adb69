import type { Edit } from './edit.ts'
import { editedJson, nth } from './edited-json.ts'
import { HOSTILE_BYTES } from './hostile.ts'

/** One message of a session, as it travels: of a WebSocket, a piece of a body, or a body. */
export interface Message {
  readonly data: Buffer
  readonly isBinary: boolean
  /** It is sent in so many frames, or pieces. */
  readonly pieces?: number
}

/** Lines of server-sent events, of NDJSON, and headers in front of JSON. */
const JSON_LINE = /^(?:data: ?)?([{[].*)$/gm

/** The message with an edit of its content: of its JSON where it has some, else of its bytes. */
export function editedMessage(message: Message, edit: Edit): Message {
  switch (edit.kind) {
    case 'cut':
      return { ...message, data: message.data.subarray(0, edit.where % (message.data.length + 1)) }
    case 'flip':
      return flipped(message, edit)
    case 'splice': {
      const at = edit.where % (message.data.length + 1)
      const parts = [message.data.subarray(0, at), nth(HOSTILE_BYTES, edit.what), message.data.subarray(at)]
      return { ...message, data: Buffer.concat(parts) }
    }
    case 'other-kind':
      return { ...message, isBinary: !message.isBinary }
    case 'fragment':
      return { ...message, pieces: 2 + (edit.what % 30) }
    default:
      return withEditedJson(message, edit) ?? flipped(message, edit)
  }
}

function flipped(message: Message, { where, what }: Edit): Message {
  if (message.data.length === 0) return { ...message, data: nth(HOSTILE_BYTES, what) }
  const data = Buffer.from(message.data)
  const at = where % data.length
  data[at] = (data[at] ?? 0) ^ (1 + (what % 255))
  return { ...message, data }
}

function withEditedJson(message: Message, edit: Edit): Message | undefined {
  if (message.isBinary) return undefined
  const text = message.data.toString('utf8')
  const whole = /^\s*[{["]/.test(text) ? editedJson(text, edit) : undefined
  if (whole !== undefined) return { ...message, data: Buffer.from(whole) }
  const lines = [...text.matchAll(JSON_LINE)]
  if (lines.length === 0) return undefined
  const line = nth(lines, edit.where)
  const json = line[1] ?? ''
  const edited = editedJson(json, edit)
  if (edited === undefined) return undefined
  const at = line.index + line[0].length - json.length
  return { ...message, data: Buffer.from(text.slice(0, at) + edited + text.slice(at + json.length)) }
}
