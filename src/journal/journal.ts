import { type FileHandle, open } from 'node:fs/promises'
import type { CallJournal, JournalLine, Line } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
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
/** Some ten minutes of a talkative call while the disk or the store is away. */
const MOST_LINES = 20_000

/** Opens the file for appending. Throws when it cannot be opened. */
export async function openJournal({
  callId,
  file,
  store,
  clock,
  startMs,
  afterSeq,
  tell,
}: JournalParts): Promise<OpenJournal> {
  const handle: FileHandle = await open(file, 'a')
  const closing = new AbortController()
  const problems: string[] = []
  let seq = afterSeq
  let unwritten: string[] = []
  let uncommitted: string[] = []
  let firstUncommitted = seq + 1
  let lost = 0
  let writing: Promise<void> | undefined
  let committing: Promise<void> = Promise.resolve()

  function append(line: Line): void {
    const numbered: JournalLine = { v: 1, seq: ++seq, atMs: Math.round((clock.now() - startMs) * 100) / 100, ...line }
    const text = JSON.stringify(numbered)
    if (uncommitted.length < MOST_LINES) uncommitted.push(text)
    if (unwritten.length < MOST_LINES) unwritten.push(text)
    else lost++
    writing ??= write()
    tell(numbered)
  }

  async function write(): Promise<void> {
    await clock.sleep(WRITE_EVERY_MS, closing.signal).catch(() => undefined)
    while (unwritten.length > 0) {
      const batch = unwritten
      unwritten = []
      try {
        await handle.appendFile(`${batch.join('\n')}\n`)
      } catch (error) {
        lost += batch.length
        problems.push(String(error))
        break
      }
    }
    writing = undefined
    if (lost > 0) {
      const lines = lost
      lost = 0
      append({ noted: { kind: 'lines-lost', lines } })
    }
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
      await commit(new AbortController().signal).catch(error => problems.push(String(error)))
      await handle.close()
      return problems
    },
  }
}
