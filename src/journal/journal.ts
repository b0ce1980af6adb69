import { type FileHandle, open } from 'node:fs/promises'
import { type CallJournal, JOURNAL_VERSION, type JournalLine, type Line } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import type { Store } from './store.ts'

/** The journal of one call: kept in a file line by line, and in the store commit by commit. */
export interface OpenJournal extends CallJournal {
  /** Writes and commits what is left. Never rejects: what could not be kept is returned as reasons. */
  close(): Promise<readonly string[]>
}

export interface JournalParts {
  readonly callId: string
  readonly file: string
  readonly store: Store
  readonly clock: Clock
  /** The clock's time from which the lines' times count. */
  readonly startMs: number
  /** The number after which to go on: not 0 where a call comes back. */
  readonly afterSeq: number
  /** Hears every line as it is appended. */
  readonly tell: (line: JournalLine) => void
}

const WRITE_EVERY_MS = 100
/** A store that hangs must not keep a call from being over. */
const CLOSE_WITHIN_MS = 5_000
/** Some ten minutes of a talkative call while the disk or the store is away. */
const MOST_LINES = 20_000

/** Opens the file for appending; a last line that a crash cut off is taken away. Throws when it cannot be opened. */
export async function openJournal({
  callId,
  file,
  store,
  clock,
  startMs,
  afterSeq,
  tell,
}: JournalParts): Promise<OpenJournal> {
  const handle: FileHandle = await open(file, 'a+')
  const found = await endOf(handle)
  const closing = new AbortController()
  const problems: string[] = []
  let size = found.size
  let seq = Math.max(afterSeq, found.seq)
  let unwritten: string[] = []
  let uncommitted: string[] = []
  let firstUncommitted = seq + 1
  /** Lines that the file, and that the store, will never have. */
  let lost = 0
  let missed = 0
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
    else missed++
    if (unwritten.length < MOST_LINES) unwritten.push(text)
    else lost++
    if (!isClosed) writing ??= write()
    tell(numbered)
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
        lost += batch.length
        if (problems.length === 0) problems.push(String(error))
        // Half a line would spoil the next one.
        await handle.truncate(size).catch(() => undefined)
        break
      }
      // Only a disk that writes again can be told of what it lost.
      if (lost > 0) {
        const lines = lost
        lost = 0
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

  /** One commit after the other, so that the store never has a later line without the earlier. */
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
      const patience = new AbortController().signal
      await within(CLOSE_WITHIN_MS, 'the last commit', clock, commit, patience).catch(error =>
        problems.push(String(error)),
      )
      if (lost > 0) problems.push(`${lost} lines are not in ${file}`)
      if (missed > 0) problems.push(`${missed} lines are not in the store`)
      await handle.close().catch(error => problems.push(String(error)))
      return problems
    },
  }
}

/** What a file that is there already holds: whole lines up to `size`, the last of them numbered `seq`. */
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
