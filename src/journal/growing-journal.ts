import { open } from 'node:fs/promises'
import type { JournalLine } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'

const FOLLOW_EVERY_MS = 100
const READ_BYTES = 256 * 1024
const NEWLINE = 10

/**
 * Reads a journal while its file grows: each call gives the lines that are whole since the last one, and reads no byte
 * twice. The file may not exist yet. Throws an Error that names a line that is not JSON.
 */
export function growingJournal(file: string): () => Promise<readonly JournalLine[]> {
  let offset = 0
  let lines = 0
  let rest: Buffer = Buffer.alloc(0)

  function parsed(text: string): JournalLine {
    lines++
    try {
      return JSON.parse(text) as JournalLine
    } catch (cause) {
      throw new Error(`${file}: line ${lines} is not JSON`, { cause })
    }
  }

  return async () => {
    const found: JournalLine[] = []
    const handle = await open(file, 'r').catch(cause => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw cause
    })
    if (!handle) return found
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, offset)
        if (bytesRead === 0) return found
        offset += bytesRead
        const all = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
        const end = all.lastIndexOf(NEWLINE) + 1
        rest = all.subarray(end)
        const texts = all.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
        found.push(...texts.map(parsed))
      }
    } finally {
      await handle.close()
    }
  }
}

/** Gives each line of a journal as its file grows, and the rest of them when the signal aborts. Rejects as `growingJournal` does. */
export async function followLines(
  file: string,
  clock: Clock,
  onLine: (line: JournalLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = growingJournal(file)
  for (;;) {
    const isLast = signal.aborted
    for (const line of await read()) onLine(line)
    if (isLast) return
    await clock.sleep(FOLLOW_EVERY_MS, signal).catch(() => undefined)
  }
}
