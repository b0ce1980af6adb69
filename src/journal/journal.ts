import { type CallJournal, JOURNAL_VERSION, type JournalLine, type Line } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import { openJournalFile } from './journal-file.ts'
import { type Store, SupersededError } from './store.ts'

/** The journal of one call: written to a file line by line, and to the store commit by commit. */
export interface OpenJournal extends CallJournal {
  /** Writes and commits the rest. Never rejects: returns what went wrong. */
  close(): Promise<readonly string[]>
}

export interface JournalParts {
  readonly callId: string
  /** The number of the stream whose lines they are. */
  readonly attempt: number
  readonly file: string
  readonly store: Store
  readonly clock: Clock
  /** The clock's time that is 0 in the journal. */
  readonly startMs: number
  /** The last line's number so far: not 0 if the call resumes. */
  readonly afterSeq: number
  /** Called with every appended line. */
  readonly onLine: (line: JournalLine) => void
  /** Called once, when the store has a later stream of the call: nothing more of this one is taken. */
  readonly onSuperseded?: (why: Error) => void
}

/** A store that hangs must not keep the call from ending. */
const CLOSE_WITHIN_MS = 5_000
/** About ten minutes of a busy call while the store is unavailable. */
const MOST_LINES = 20_000

/** Opens the journal. A file that cannot be written, now or later, keeps nothing from the store, and never throws. */
export async function openJournal({
  callId,
  attempt,
  file,
  store,
  clock,
  startMs,
  afterSeq,
  onLine,
  onSuperseded,
}: JournalParts): Promise<OpenJournal> {
  const written = await openJournalFile(file, clock, lines => append({ noted: { kind: 'lines-lost', lines } }))
  const problems: string[] = []
  let seq = Math.max(afterSeq, written.lastSeq)
  let uncommitted: string[] = []
  let firstUncommitted = seq + 1
  let lostInStore = 0
  let isClosed = false
  let superseded: SupersededError | undefined
  let committing: Promise<void> = Promise.resolve()

  function append(line: Line): void {
    const numbered: JournalLine = {
      v: JOURNAL_VERSION,
      seq: ++seq,
      atMs: Math.round((clock.now() - startMs) * 100) / 100,
      ...line,
    }
    const text = JSON.stringify(numbered)
    if (superseded) lostInStore++
    else if (uncommitted.length < MOST_LINES) uncommitted.push(text)
    else lostInStore++
    if (!isClosed) written.add(text)
    onLine(numbered)
  }

  async function commitRest(): Promise<void> {
    if (superseded) throw superseded
    if (uncommitted.length === 0) return
    const batch = uncommitted
    const first = firstUncommitted
    uncommitted = []
    firstUncommitted = first + batch.length
    try {
      await store.commit(callId, attempt, first, batch.join('\n'))
    } catch (error) {
      if (error instanceof SupersededError) {
        superseded = error
        lostInStore += batch.length + uncommitted.length
        uncommitted = []
        onSuperseded?.(error)
        throw error
      }
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
      const unwritten = await written.close()
      isClosed = true
      const never = new AbortController().signal
      await within(CLOSE_WITHIN_MS, 'the last commit', clock, commit, never).catch(error =>
        problems.push(String(error)),
      )
      if (lostInStore > 0) problems.push(`${lostInStore} lines are not in the store`)
      return [...unwritten, ...problems]
    },
  }
}
