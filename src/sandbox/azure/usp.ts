/** What a client sends: a message of Azure Speech's WebSocket protocol. Header names are in small letters. */
export interface UspRequest {
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const EMPTY_LINE = Buffer.from('\r\n\r\n')

/** Undefined for what is no such message. */
export function requestIn(data: Buffer, isBinary: boolean): UspRequest | undefined {
  if (isBinary) {
    const bodyAt = data.length < 2 ? Number.POSITIVE_INFINITY : 2 + data.readUInt16BE()
    return bodyAt > data.length
      ? undefined
      : { headers: headersIn(data.subarray(2, bodyAt)), body: data.subarray(bodyAt) }
  }
  const end = data.indexOf(EMPTY_LINE)
  return end < 0
    ? undefined
    : { headers: headersIn(data.subarray(0, end)), body: data.subarray(end + EMPTY_LINE.length) }
}

function headersIn(head: Buffer): ReadonlyMap<string, string> {
  const lines = head.toString('latin1').split('\r\n').filter(Boolean)
  return new Map(
    lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** A message with JSON, or with the empty body that ends something. */
export function answerText(path: string, requestId: string, body: object | undefined): string {
  const head = [`X-RequestId:${requestId}`, 'Content-Type:application/json; charset=utf-8', `Path:${path}`]
  return `${head.join('\r\n')}\r\n\r\n${body === undefined ? '{}' : JSON.stringify(body)}`
}

export function answerSound(requestId: string, streamId: string, sound: Uint8Array): Buffer {
  const head = [`X-RequestId:${requestId}`, 'Content-Type:audio/x-wav', `X-StreamId:${streamId}`, 'Path:audio']
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n`, 'latin1')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes, sound])
}
