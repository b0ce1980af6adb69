import { DatabaseSync } from 'node:sqlite'

/** One thing to be written somewhere else, such as a workout. Who takes it may get it twice, under the same key. */
export interface Entry {
  readonly key: string
  readonly data: unknown
}

/** Writes entries down elsewhere. Throws where that cannot be done now. */
export type Send = (entries: readonly Entry[], signal: AbortSignal) => Promise<void>

const MOST_AT_ONCE = 50
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000

export interface LogQueueParts {
  /** `:memory:` or a file. */
  readonly file: string
  readonly send: Send
  /** Resolves after `ms`; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * A queue that writes behind: adding takes a fraction of a millisecond, and nobody waits for the place where the entries go. It
 * lies in a file, so what a crash leaves is sent at the next start. An entry goes away when it was sent, so it is sent once or
 * more.
 */
export function openLogQueue({ file, send, sleep }: LogQueueParts) {
  const database = new DatabaseSync(file)
  // In this mode a commit survives the process's end without waiting for the disk.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000')
  database.exec('CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL)')
  const insert = database.prepare('INSERT OR IGNORE INTO queue (key, data) VALUES (?, ?)')
  const oldest = database.prepare('SELECT id, key, data FROM queue ORDER BY id LIMIT ?')
  const remove = database.prepare('DELETE FROM queue WHERE id <= ?')
  const count = database.prepare('SELECT count(*) AS waiting FROM queue')
  const closing = new AbortController()
  let wake = Promise.withResolvers<void>()
  let wasAdded = true

  async function run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    while (!closing.signal.aborted) {
      wasAdded = false
      try {
        await sendAll()
        waitMs = FIRST_WAIT_MS
        if (!wasAdded) await wake.promise
      } catch {
        await sleep(waitMs, closing.signal).catch(() => undefined)
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
      }
    }
  }

  /** Sends the oldest entries until none is left. */
  async function sendAll(): Promise<void> {
    for (let rows = oldest.all(MOST_AT_ONCE); rows.length > 0; rows = oldest.all(MOST_AT_ONCE)) {
      closing.signal.throwIfAborted()
      const entries = rows.map(({ key, data }) => ({ key: String(key), data: JSON.parse(String(data)) as unknown }))
      await send(entries, closing.signal)
      remove.run(Number(rows.at(-1)?.id))
    }
  }

  const running = run()
  return {
    /** Throws where the file cannot be written: then nothing was added. */
    add({ key, data }: Entry): void {
      insert.run(key, JSON.stringify(data))
      wasAdded = true
      wake.resolve()
      wake = Promise.withResolvers()
    },
    waiting: (): number => Number(count.get()?.waiting ?? 0),
    /** What is not sent yet stays in the file. */
    async close(): Promise<void> {
      closing.abort(new Error('the queue is closed'))
      wake.resolve()
      await running
      database.close()
    },
  }
}

export type LogQueue = ReturnType<typeof openLogQueue>
