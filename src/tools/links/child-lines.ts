/** Splits the chunks of a stream into lines. Throws if a line is longer than `mostBytes`. */
export function lineReader(mostBytes: number): (chunk: Buffer) => readonly string[] {
  let pieces: Buffer[] = []
  let bytes = 0
  return chunk => {
    const lines: string[] = []
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      lines.push(Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8'))
      pieces = []
      bytes = 0
      from = end + 1
    }
    const rest = chunk.subarray(from)
    bytes += rest.length
    if (bytes > mostBytes) {
      pieces = []
      throw new Error(`a message of more than ${mostBytes} bytes`)
    }
    if (rest.length > 0) pieces.push(rest)
    return lines
  }
}
