/** One message of Azure Speech's WebSocket protocol: headers like HTTP's, and a body of text or sound. */
export interface UspMessage {
  /** What it is, in small letters: `speech.phrase`, `turn.end`, `audio`. */
  readonly path: string
  readonly requestId: string
  readonly streamId: string
  readonly text: string
  readonly sound: Buffer
}

export interface UspHeaders {
  readonly path: string
  readonly requestId: string
  readonly contentType?: string
  readonly at: Date
}

const CRLF = '\r\n'
const NOTHING = Buffer.alloc(0)
const HEADER = /^([^:\r\n]+):[ \t]*(.*)$/gm

export function uspText(headers: UspHeaders, body: string): string {
  return `${headerLines(headers)}${CRLF}${body}`
}

/** A binary message: the length of its headers in two bytes, the headers, the body. */
export function uspBinary(headers: UspHeaders, body: Uint8Array): Buffer {
  const head = Buffer.from(headerLines(headers), 'latin1')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(head.length)
  return Buffer.concat([length, head, body])
}

function headerLines({ path, requestId, contentType, at }: UspHeaders): string {
  const lines = [`Path: ${path}`, `X-RequestId: ${requestId}`, `X-Timestamp: ${at.toISOString()}`]
  if (contentType !== undefined) lines.push(`Content-Type: ${contentType}`)
  return lines.map(line => line + CRLF).join('')
}

/** Undefined for a message that is not of the protocol. */
export function readUsp(data: Buffer, isBinary: boolean): UspMessage | undefined {
  if (!isBinary) {
    const text = data.toString('utf8')
    const end = text.indexOf(CRLF + CRLF)
    return end < 0 ? undefined : messageOf(text.slice(0, end), text.slice(end + 4), NOTHING)
  }
  if (data.length < 2) return undefined
  const bodyAt = 2 + data.readUInt16BE(0)
  if (data.length < bodyAt) return undefined
  return messageOf(data.toString('latin1', 2, bodyAt), '', data.subarray(bodyAt))
}

function messageOf(head: string, text: string, sound: Buffer): UspMessage | undefined {
  const headers = new Map(
    [...head.matchAll(HEADER)].map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]),
  )
  const path = headers.get('path')?.toLowerCase()
  if (path === undefined) return undefined
  const idOf = (name: string): string => headers.get(name)?.toLowerCase() ?? ''
  return { path, requestId: idOf('x-requestid'), streamId: idOf('x-streamid'), text, sound }
}
