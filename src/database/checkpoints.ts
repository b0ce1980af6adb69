import { pathToFileURL } from 'node:url'
import { jobThread } from '../jobs/job-thread.ts'

/** `url`: the file's, with SQLite's own options. */
export interface CheckpointJob {
  readonly id: number
  readonly url: string
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
const THREAD = new URL('./checkpoint-thread.ts', import.meta.url)

export interface Checkpoints {
  /** Something with these values was written. */
  wrote(values: readonly unknown[]): void
  /** Who writes next waits for it: while the log is long, so that it can begin anew, or where the disk is slow. Never rejects. */
  room(): Promise<void>
  close(): Promise<void>
}

/**
 * Brings what was written from the write-ahead log to the file itself, in a thread: then the disk is waited for, 45 ms at
 * times (measured), and each call's sound would wait with it. The thread starts with the first 4 MB. `failed` is called once
 * if it cannot do so, and must see to it otherwise.
 */
export function checkpoints(file: string, failed: () => void): Checkpoints {
  const url = pathToFileURL(file)
  // One that was deleted is not made anew.
  url.searchParams.set('mode', 'rw')
  const thread = jobThread<CheckpointJob, CheckpointAnswer>({
    ...{ file: THREAD, name: "the thread of SQLite's checkpoints", mostWaiting: 1 },
  })
  const closing = new AbortController()
  let bytes = 0
  let isLong = false
  let hasFailed = false
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    bytes = 0
    try {
      const answer = await thread.ask({ url: url.href }, [], closing.signal)
      if (answer.problem !== undefined) throw new Error(answer.problem)
      isLong = answer.logPages > LONG_LOG_PAGES
    } catch {
      isLong = false
      hasFailed = true
      if (!closing.signal.aborted) failed()
    }
  }

  function begin(): Promise<void> {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    wrote(values) {
      bytes += BYTES_A_WRITE
      for (const value of values) if (typeof value === 'string') bytes += value.length
      if (bytes >= MOST_BYTES && !hasFailed) void begin()
    },
    async room() {
      if (!isLong && bytes < MOST_BYTES) return
      await running
      if (!isLong) return
      if (!hasFailed) await begin()
      isLong = false
    },
    async close() {
      closing.abort(new Error('the database is closed'))
      await thread.close()
    },
  }
}
