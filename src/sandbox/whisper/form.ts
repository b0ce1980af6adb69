const LINE = '\r\n'

/** The parts of a form as it is sent with a file: the file as bytes, all else as text. Empty for anything else. */
export function partsOf(contentType: string, body: unknown): Readonly<Record<string, string | Buffer>> {
  const boundary = contentType.match(/boundary="?([^";]+)"?/)?.[1]
  if (boundary === undefined || !Buffer.isBuffer(body)) return {}
  const parts: Record<string, string | Buffer> = {}
  const mark = `--${boundary}`
  for (let at = body.indexOf(mark); at >= 0; ) {
    const from = at + mark.length + LINE.length
    const next = body.indexOf(`${LINE}${mark}`, from)
    if (next < 0) break
    const headEnd = body.indexOf(LINE + LINE, from)
    const head = body.toString('utf8', from, headEnd)
    const content = body.subarray(headEnd + 2 * LINE.length, next)
    const name = head.match(/\bname="([^"]*)"/)?.[1]
    if (name !== undefined) parts[name] = /\bfilename="/.test(head) ? Buffer.from(content) : content.toString('utf8')
    at = next + LINE.length
  }
  return parts
}
