import { type CallJournal, JOURNAL_VERSION, type JournalLine, type Line } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted, within } from '../conversation/scope.ts'
import { openJournalFile, seqOf } from './journal-file.ts'
import type { LateStore } from './late-store.ts'
import { SupersededError } from './store.ts'

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
  readonly store: Pick<LateStore, 'commit' | 'later'>
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
/** Lines that wait for the store in memory. The ones before them are read from the file when the store is back. */
const MOST_WAITING = 1_000

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
  /** The newest lines that the store has not, and the number of the first of them. */
  let uncommitted: string[] = []
  let firstUncommitted = seq + 1
  /** The first line that the store has not, and a place in the file at or before it. */
  let firstMissing = firstUncommitted
  let place = written.place()
  let lostInStore = 0
  let isClosed = false
  let superseded: SupersededError | undefined
  let isClosing = false
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
    else uncommitted.push(text)
    leaveToFile()
    if (!isClosed) written.add(text)
    onLine(numbered)
  }

  function leaveToFile(): void {
    if (uncommitted.length <= MOST_WAITING) return
    const left = uncommitted.length - MOST_WAITING / 2
    uncommitted.splice(0, left)
    firstUncommitted += left
  }

  async function commitRest(): Promise<void> {
    while (firstMissing < firstUncommitted) await commitFromFile()
    if (uncommitted.length === 0) return
    const batch = uncommitted
    const nextPlace = written.place()
    uncommitted = []
    firstUncommitted += batch.length
    try {
      await store.commit(callId, attempt, firstMissing, batch.join('\n'))
    } catch (error) {
      // If so much came meanwhile that some of it was left to the file, these are, too.
      if (firstUncommitted === firstMissing + batch.length) {
        uncommitted = [...batch, ...uncommitted]
        firstUncommitted = firstMissing
        leaveToFile()
      }
      throw error
    }
    firstMissing += batch.length
    place = nextPlace
  }

  async function commitFromFile(): Promise<void> {
    // One that cannot be read has nothing for us now.
    const { lines, next } = await written.linesFrom(place).catch(() => ({ lines: [], next: place }))
    const untilSeq = firstUncommitted
    const wanted = lines.filter(line => seqOf(line) >= firstMissing && seqOf(line) < untilSeq)
    for (let from = 0; from < wanted.length; from += MOST_WAITING) {
      const some = wanted.slice(from, from + MOST_WAITING)
      const first = seqOf(some[0] ?? '')
      await store.commit(callId, attempt, first, some.join('\n'))
      lostInStore += first - firstMissing
      firstMissing = first + some.length
    }
    if (next > place && seqOf(lines.at(-1) ?? '') < untilSeq) {
      place = next
      return
    }
    // What is still missing found room neither in the file nor in memory.
    lostInStore += untilSeq - firstMissing
    firstMissing = untilSeq
  }

  async function commitAll(): Promise<void> {
    if (superseded) throw superseded
    try {
      await commitRest()
    } catch (error) {
      if (error instanceof SupersededError) {
        superseded = error
        lostInStore += seq + 1 - firstMissing
        uncommitted = []
        onSuperseded?.(error)
      }
      throw error
    }
  }

  /** One commit at a time, so that the store never has a line without the ones before it. */
  function commitInOrder(signal: AbortSignal): Promise<void> {
    committing = committing.catch(() => undefined).then(commitAll)
    return orAborted(committing, signal)
  }

  return {
    append,
    async commit(signal) {
      // What waits for a commit, such as a change, must not happen any more.
      if (isClosing) throw new Error('the journal is closed')
      return commitInOrder(signal)
    },
    async close() {
      isClosing = true
      const unwritten = await written.close()
      isClosed = true
      const never = new AbortController().signal
      let isLeft = false
      await within(CLOSE_WITHIN_MS, 'the last commit', clock, commitInOrder, never).catch(() => {
        isLeft = true
      })
      if (superseded) problems.push(String(superseded))
      // What the file has is not lost.
      else if (isLeft || (lostInStore > 0 && unwritten.length === 0)) {
        const { lines } = await written.linesFrom(written.place())
        store.later({ callId, attempt, lastSeq: seq, lines })
      }
      if (lostInStore > 0 && (superseded || unwritten.length > 0))
        problems.push(`${lostInStore} lines are not in the store`)
      return [...unwritten, ...problems]
    },
  }
}
