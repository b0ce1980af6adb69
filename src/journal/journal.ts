import { type FileHandle, open } from 'node:fs/promises'
import { type CallJournal, JOURNAL_VERSION, type JournalLine, type Line } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import { PRIVATE_FILE } from '../private-files.ts'
import type { Store } from './store.ts'

/** The journal of one call: written to a file line by line, and to the store commit by commit. */
export interface OpenJournal extends CallJournal {
  /** Writes and commits the rest. Never rejects: returns what went wrong. */
  close(): Promise<readonly string[]>
}

export interface JournalParts {
  readonly callId: string
  readonly file: string
  readonly store: Store
  readonly clock: Clock
  /** The clock's time that is 0 in the journal. */
  readonly startMs: number
  /** The last line's number so far: not 0 if the call resumes. */
  readonly afterSeq: number
  /** Called with every appended line. */
  readonly onLine: (line: JournalLine) => void
}

/** What must not be lost is committed to the store. Each write to the file takes 0.2 ms of CPU (measured here). */
const WRITE_EVERY_MS = 250
/** A store that hangs must not keep the call from ending. */
const CLOSE_WITHIN_MS = 5_000
/** About ten minutes of a busy call while the disk or the store is unavailable. */
const MOST_LINES = 20_000

/** Opens the file for appending and removes a last line that a crash cut off. Throws if it cannot be opened. */
export async function openJournal({
  callId,
  file,
  store,
  clock,
  startMs,
  afterSeq,
  onLine,
}: JournalParts): Promise<OpenJournal> {
  const handle: FileHandle = await open(file, 'a+', PRIVATE_FILE)
  const found = await endOf(handle)
  const closing = new AbortController()
  const problems: string[] = []
  let size = found.size
  let seq = Math.max(afterSeq, found.seq)
  let unwritten: string[] = []
  let uncommitted: string[] = []
  let firstUncommitted = seq + 1
  let lostInFile = 0
  let lostInStore = 0
  let isClosed = false
  let writing: Promise<void> | undefined
  let committing: Promise<void> = Promise.resolve()

  function append(line: Line): void {
    const numbered: JournalLine = {
      v: JOURNAL_VERSION,
      seq: ++seq,
      atMs: Math.round((clock.now() - startMs) * 100) / 100,
      ...line,
    }
    const text = JSON.stringify(numbered)
    if (uncommitted.length < MOST_LINES) uncommitted.push(text)
    else lostInStore++
    if (unwritten.length < MOST_LINES) unwritten.push(text)
    else lostInFile++
    if (!isClosed) writing ??= write()
    onLine(numbered)
  }

  async function write(): Promise<void> {
    await clock.sleep(WRITE_EVERY_MS, closing.signal).catch(() => undefined)
    while (unwritten.length > 0) {
      const batch = unwritten
      unwritten = []
      const text = Buffer.from(`${batch.join('\n')}\n`)
      try {
        await handle.appendFile(text)
        size += text.length
      } catch (error) {
        lostInFile += batch.length
        if (problems.length === 0) problems.push(String(error))
        // The rest of a partial line would break the next one.
        await handle.truncate(size).catch(() => undefined)
        break
      }
      // The loss can only be noted once the disk writes again.
      if (lostInFile > 0) {
        const lines = lostInFile
        lostInFile = 0
        append({ noted: { kind: 'lines-lost', lines } })
      }
    }
    writing = undefined
  }

  async function commitRest(): Promise<void> {
    if (uncommitted.length === 0) return
    const batch = uncommitted
    const first = firstUncommitted
    uncommitted = []
    firstUncommitted = first + batch.length
    try {
      await store.commit(callId, first, batch.join('\n'))
    } catch (error) {
      uncommitted = [...batch, ...uncommitted].slice(0, MOST_LINES)
      firstUncommitted = first
      throw error
    }
  }

  /** One commit at a time, so that the store never has a line without the ones before it. */
  function commit(signal: AbortSignal): Promise<void> {
    committing = committing.catch(() => undefined).then(commitRest)
    return orAborted(committing, signal)
  }

  return {
    append,
    commit,
    async close() {
      closing.abort()
      await writing
      if (unwritten.length > 0) await write()
      isClosed = true
      const never = new AbortController().signal
      await within(CLOSE_WITHIN_MS, 'the last commit', clock, commit, never).catch(error =>
        problems.push(String(error)),
      )
      if (lostInFile > 0) problems.push(`${lostInFile} lines are not in ${file}`)
      if (lostInStore > 0) problems.push(`${lostInStore} lines are not in the store`)
      await handle.close().catch(error => problems.push(String(error)))
      return problems
    },
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
  const seq = Number(/"seq":(\d+)/.exec(last)?.[1] ?? 0)
  return { size, seq }
}
