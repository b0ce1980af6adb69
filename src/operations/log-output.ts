import { write as writeTo } from 'node:fs'
import { promisify } from 'node:util'
import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'

/** Lines for a reader who may be slow, or gone. */
export interface LogOutput {
  /** Takes a line, its end included. Never throws, and never waits. */
  write(line: string): void
  /** Resolves when all lines are written, or cannot be within a second. */
  flushed(signal: AbortSignal): Promise<void>
}

const writeBytes = promisify(writeTo)
const MOST_WAITING_BYTES = 4_000_000
const MOST_AT_ONCE_BYTES = 64 * 1024
/** A pipe is full, and its reader is not gone. */
const FULL = new Set<unknown>(['EAGAIN', 'EBUSY'])
const FULL_FOR_MS = 100
const FLUSHED_WITHIN_MS = 1_000

/**
 * Writes lines to an open file, pipe or socket, beside everything else. What it does not take is lost: lines while a disk is
 * full or the reader is gone, and those beyond 4 MB while a reader sleeps; a line tells how many, once it takes lines again.
 *
 * Pino's own destination (sonic-boom 4.2) keeps such lines without a bound, and a process that ends tries to write them for ever.
 */
export function logOutput(fd: number, clock: Clock): LogOutput {
  let waiting: string[] = []
  let waitingBytes = 0
  let lost = 0
  let writing: Promise<void> | undefined
  const { signal: always } = new AbortController()

  /** Rejects where the file takes no more. */
  async function writeWhole(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += (await writeBytes(fd, bytes, at)).bytesWritten
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && FULL.has(error.code))) throw error
        await clock.sleep(FULL_FOR_MS, always)
      }
    }
  }

  function take(line: string): void {
    waiting.push(line)
    waitingBytes += line.length
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      for (const some of pieces(lines)) {
        try {
          await writeWhole(Buffer.from(some.join('')))
          if (lost > 0) take(noticeOf(lost, clock))
          lost = 0
        } catch {
          lost += some.length
        }
        waitingBytes -= lengthOf(some)
      }
    }
    // At once: a line that comes before the promise is told would wait for the next one.
    writing = undefined
  }

  return {
    write(line) {
      if (waitingBytes > MOST_WAITING_BYTES) {
        lost++
        return
      }
      take(line)
      writing ??= writeAll()
    },
    async flushed(signal) {
      if (writing)
        await within(FLUSHED_WITHIN_MS, 'writing the log', clock, () => writing ?? none, signal).catch(ignore)
    },
  }
}

const none = Promise.resolve()
const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, { length }) => sum + length, 0)
const ignore = (): void => undefined

/** As pino writes a warning. */
const noticeOf = (lost: number, clock: Clock): string =>
  `${JSON.stringify({ level: 40, time: clock.wallTime().getTime(), lines: lost, msg: 'lines of the log are lost: it was not read, or its disk was full' })}\n`

/** The lines in their order, in pieces of at most 64 KB where they are not longer themselves. */
function* pieces(lines: readonly string[]): Generator<readonly string[]> {
  let some: string[] = []
  let bytes = 0
  for (const line of lines) {
    if (bytes + line.length > MOST_AT_ONCE_BYTES && some.length > 0) {
      yield some
      some = []
      bytes = 0
    }
    some.push(line)
    bytes += line.length
  }
  yield some
}
