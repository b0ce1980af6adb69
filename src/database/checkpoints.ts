import { jobThread } from '../jobs/job-thread.ts'
import { identityOf } from './file-identity.ts'

/** `identity`: the file that must still be at this path. */
export interface CheckpointJob {
  readonly id: number
  readonly file: string
  readonly identity: string | undefined
}

/** How long the log was, or why there was no checkpoint. */
export type CheckpointAnswer =
  | { readonly id: number; readonly logPages: number; readonly problem?: undefined }
  | { readonly id: number; readonly problem: string }

/** SQLite's own measure is 1,000 pages of 4 KB. */
const MOST_BYTES = 4_000_000
/** What a write takes at least: a page of its table, and one of an index. */
const BYTES_A_WRITE = 8_192
/** The log begins anew if nothing is written during a checkpoint. One that is so long was written to each time. */
const LONG_LOG_PAGES = 2_000
/**
 * From here on SQLite makes its own, within a write: where the thread cannot, as other processes write all the time, or
 * where few statements write much.
 */
export const LONGEST_LOG_PAGES = 4_000
const THREAD = new URL('./checkpoint-thread.ts', import.meta.url)
/** Before it, a checkpoint beside a write could damage the file (https://sqlite.org/releaselog/3_51_3.html). */
const SAFE_SINCE = '3.51.3'

export interface Checkpoints {
  /** Something with these values was written. */
  wrote(values: readonly unknown[]): void
  /** Who writes next waits for it, if there is one: while the log is long, so that it can begin anew, or where the disk is slow. Never rejects. */
  room(): Promise<void> | undefined
  close(): Promise<void>
}

/** For a process with an event loop that must not wait. Undefined where this SQLite must not make checkpoints beside its writes. */
export type OpenCheckpoints = (file: string) => Checkpoints | undefined

export function checkpointsOf(file: string, sqlite = process.versions.sqlite): Checkpoints | undefined {
  const isSafe = (sqlite ?? '').localeCompare(SAFE_SINCE, 'en', { numeric: true }) >= 0
  return isSafe ? checkpoints(file) : undefined
}

/**
 * Brings what was written from the write-ahead log to the file itself, in a thread: then the disk is waited for, 45 ms at
 * times (measured), and each call's sound would wait with it. The thread starts with the first 4 MB. What it cannot do is
 * tried again with the next.
 */
function checkpoints(file: string): Checkpoints {
  const identity = identityOf(file)
  const thread = jobThread<CheckpointJob, CheckpointAnswer>({
    ...{ file: THREAD, name: "the thread of SQLite's checkpoints", mostWaiting: 1 },
  })
  const closing = new AbortController()
  let bytes = 0
  let isLong = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    bytes = 0
    const asked = thread.ask({ file, identity }, [], closing.signal)
    const answer = await asked.catch(() => undefined)
    isLong = answer?.problem === undefined && (answer?.logPages ?? 0) > LONG_LOG_PAGES
  }

  function begin(): Promise<void> {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  async function room(): Promise<void> {
    await running
    if (!isLong) return
    await begin()
    isLong = false
  }

  return {
    wrote(values) {
      bytes += BYTES_A_WRITE
      for (const value of values) if (typeof value === 'string') bytes += value.length
      if (bytes >= MOST_BYTES) void begin()
    },
    room: () => (isLong || (bytes >= MOST_BYTES && running) ? room() : undefined),
    async close() {
      closing.abort(new Error('the database is closed'))
      await thread.close()
    },
  }
}
