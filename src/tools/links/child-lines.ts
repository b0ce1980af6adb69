/** Splits the chunks of a stream into lines. Throws if a line is longer than `mostBytes`. */
export function lineReader(mostBytes: number): (chunk: Buffer) => readonly string[] {
  let pieces: Buffer[] = []
  let bytes = 0
  function count(more: number): void {
    bytes += more
    if (bytes <= mostBytes) return
    pieces = []
    bytes = 0
    throw new Error(`a message of more than ${mostBytes} bytes`)
  }
  return chunk => {
    const lines: string[] = []
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      count(end - from)
      lines.push(Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8'))
      pieces = []
      bytes = 0
      from = end + 1
    }
    const rest = chunk.subarray(from)
    count(rest.length)
    if (rest.length > 0) pieces.push(rest)
    return lines
  }
}
