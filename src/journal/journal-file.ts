import { type FileHandle, open } from 'node:fs/promises'
import type { Clock } from '../conversation/ports.ts'
import { openPrivate } from '../private-files.ts'

/** The file of one journal. A disk that takes nothing disturbs no call: lines wait for it, within bounds. */
export interface JournalFile {
  /** The number of the last line that the file had when it was opened; 0 without one, or where it cannot be opened yet. */
  readonly lastSeq: number
  /** Neither waits nor throws. */
  add(line: string): void
  /** Where the next line that is added will be, or before it. */
  place(): number
  /**
   * Complete lines from a place on, those that wait for the disk included, about half a megabyte at once; `next` is the
   * place behind them. None are left when there are none. Throws when the file cannot be read.
   */
  linesFrom(place: number): Promise<{ readonly lines: readonly string[]; readonly next: number }>
  /** Writes the rest. Never rejects: returns what went wrong. */
  close(): Promise<readonly string[]>
}

/** What must not be lost is committed to the store. Each write to the file takes 0.2 ms of CPU (measured here). */
const WRITE_EVERY_MS = 250
/** A full disk is asked no more often than that: each time some lines are put together in vain. */
const LONGEST_WAIT_MS = 8_000
const LINES_AT_ONCE = 1_000
const READ_AT_ONCE_BYTES = 512 * 1024
/** About ten minutes of a busy call while the disk is unavailable. */
const MOST_LINES = 20_000

/**
 * Opens the file for appending, now or as soon as that is possible, and removes a last line that a crash cut off. Makes
 * its folder. Once the disk writes again `onLost` is told how many lines were more than could wait for it.
 */
export async function openJournalFile(
  file: string,
  clock: Clock,
  onLost: (lines: number) => void,
): Promise<JournalFile> {
  const closing = new AbortController()
  const waiting: string[] = []
  let opened: { readonly handle: FileHandle; size: number; readonly seq: number } | undefined
  let waitMs = WRITE_EVERY_MS
  let isTorn = false
  let lost = 0
  let firstError: unknown
  let writing: Promise<void> | undefined

  async function openNow() {
    const handle = await openPrivate(file, 'a+')
    try {
      return { handle, ...(await endOf(handle)) }
    } catch (error) {
      await handle.close().catch(() => undefined)
      throw error
    }
  }

  async function write(): Promise<void> {
    await clock.sleep(waitMs, closing.signal).catch(() => undefined)
    while (waiting.length > 0) {
      const batch = waiting.slice(0, LINES_AT_ONCE)
      const text = Buffer.from(`${batch.join('\n')}\n`)
      try {
        opened ??= await openNow()
        // The part of a line that a full disk took would break the next one.
        if (isTorn) await opened.handle.truncate(opened.size)
        isTorn = true
        await opened.handle.appendFile(text)
        isTorn = false
        opened.size += text.length
      } catch (error) {
        firstError ??= error
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
        break
      }
      waiting.splice(0, batch.length)
      waitMs = WRITE_EVERY_MS
      if (lost > 0) {
        const lines = lost
        lost = 0
        onLost(lines)
      }
    }
    writing = undefined
  }

  try {
    opened = await openNow()
  } catch (error) {
    firstError = error
  }

  return {
    lastSeq: opened?.seq ?? 0,
    add(line) {
      if (waiting.length < MOST_LINES) waiting.push(line)
      else lost++
      writing ??= write()
    },
    place: () => opened?.size ?? 0,
    async linesFrom(place) {
      // Taken at once, so that a write meanwhile brings no line twice.
      const [untilByte, rest] = [opened?.size ?? 0, [...waiting]]
      if (place >= untilByte) return { lines: rest, next: place }
      const { lines, bytes } = await linesBetween(file, place, untilByte)
      return { lines, next: place + bytes }
    },
    async close() {
      closing.abort()
      await writing
      if (waiting.length > 0) {
        writing = write()
        await writing
      }
      const problems: string[] = []
      const missing = waiting.length + lost
      if (missing > 0) problems.push(String(firstError), `${missing} lines are not in ${file}`)
      await opened?.handle.close().catch(error => problems.push(String(error)))
      return problems
    },
  }
}

/** The number of a journal line. */
export const seqOf = (line: string): number => Number(/"seq":(\d+)/.exec(line)?.[1] ?? 0)

/** Complete lines between two places that are ends of lines, and how many bytes they have: at least one line. */
async function linesBetween(
  file: string,
  from: number,
  to: number,
): Promise<{ lines: readonly string[]; bytes: number }> {
  const handle = await open(file, 'r')
  try {
    for (let most = READ_AT_ONCE_BYTES; ; most *= 2) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(most, to - from)), { position: from })
      const bytes = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1
      if (bytes > 0) return { bytes, lines: buffer.toString('utf8', 0, bytes - 1).split('\n') }
      if (most >= to - from) throw new Error(`${file} is shorter than it was`)
    }
  } finally {
    await handle.close()
  }
}

/** The size in bytes of the file's complete lines and the number of the last one. Removes an incomplete last line. */
async function endOf(handle: FileHandle): Promise<{ readonly size: number; readonly seq: number }> {
  const stat = await handle.stat()
  if (!stat.isFile() || stat.size === 0) return { size: 0, seq: 0 }
  const bytes = await handle.readFile()
  const size = bytes.lastIndexOf('\n') + 1
  if (size < bytes.length) await handle.truncate(size)
  const last = bytes.toString('utf8', 0, size).trimEnd().split('\n').at(-1) ?? ''
  return { size, seq: seqOf(last) }
}
