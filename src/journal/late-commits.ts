import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAway } from '../database/away.ts'
import { openPrivate } from '../private-files.ts'
import { seqOf } from './journal-file.ts'
import type { Store } from './store.ts'

/** A journal of a call that is over, of which the store has not all. */
export interface LeftJournal {
  readonly callId: string
  /** The number of the stream whose lines they are. */
  readonly attempt: number
  /** The number of its last line: the call may come back, and have more. */
  readonly lastSeq: number
  /** Those that the file has not. */
  readonly lines: readonly string[]
}

/** Journals that are brought to the store after their calls are over: from their files, across a restart too. */
export interface LateCommits {
  /** Neither waits nor throws. */
  add(left: LeftJournal): void
  has(callId: string): boolean
  /** This server opens another stream of the call, and so may write what is left of the one before. */
  continued(callId: string, attempt: number): void
  /** What was left when the process ended. */
  findLeft(): Promise<void>
  /** Brings what is left to the store; throws where the store is away. */
  write(signal: AbortSignal): Promise<void>
  /** Nothing of these calls is wanted any more. */
  forget(callIds: readonly string[]): Promise<void>
}

export interface LateCommitsParts {
  readonly store: Pick<Store, 'linesOf' | 'commit'>
  readonly callsFolder: string
  /** Holds a file for each call, with the numbers of its stream and of its last line. */
  readonly folder: string
  readonly log: { warn(fields: object, message: string): void }
  /** There is something to write. */
  readonly onAdded: () => void
}

/** Lines that neither the disk nor the store has taken: some 60 MB. */
const MOST_HELD = 200_000
const LINES_AT_ONCE = 1_000
const JOURNAL = 'journal.jsonl'

export function lateCommits({ store, callsFolder, folder, log, onAdded }: LateCommitsParts): LateCommits {
  const left = new Map<string, Omit<LeftJournal, 'callId'>>()
  const marks = new Map<string, Promise<void>>()

  /** Says to the next process that this call is left, or not any more. In the order of asking. */
  function mark(callId: string, numbers: string | undefined): Promise<void> {
    const file = join(folder, callId)
    const marked = (marks.get(callId) ?? Promise.resolve())
      .then(async () => {
        if (numbers === undefined) return rm(file, { force: true })
        const handle = await openPrivate(file, 'w')
        await handle.writeFile(numbers).finally(() => handle.close())
      })
      // Where the disk is full this process alone knows.
      .catch(() => undefined)
      .finally(() => {
        if (marks.get(callId) === marked) marks.delete(callId)
      })
    marks.set(callId, marked)
    return marked
  }

  function add({ callId, attempt, lastSeq, lines }: LeftJournal): void {
    const held = [...left.values()].reduce((sum, some) => sum + some.lines.length, 0)
    const room = held + lines.length <= MOST_HELD
    if (!room)
      log.warn({ call: callId, lines: lines.length }, 'neither the disk nor the database has the end of a journal')
    const before = left.get(callId)?.lines ?? []
    left.set(callId, { attempt, lastSeq, lines: room ? [...before, ...lines] : before })
    void mark(callId, `${attempt} ${lastSeq}`)
    onAdded()
  }

  async function writeOne(callId: string, { attempt, lastSeq, lines }: Omit<LeftJournal, 'callId'>): Promise<void> {
    const stored = new Set((await store.linesOf(callId)).map(seqOf))
    const here = [...(await journalLinesIn(join(callsFolder, callId))), ...lines]
    const missing = new Map<number, string>()
    for (const line of here) {
      const seq = seqOf(line)
      if (seq > 0 && seq <= lastSeq && !stored.has(seq)) missing.set(seq, line)
    }
    for (const run of runsOf(missing)) await store.commit(callId, attempt, seqOf(run[0] ?? ''), run.join('\n'))
  }

  return {
    add,
    has: callId => left.has(callId),
    continued(callId, attempt) {
      const some = left.get(callId)
      if (some?.attempt === attempt - 1) left.set(callId, { ...some, attempt })
    },
    async findLeft() {
      const names = await readdir(folder).catch(() => [])
      for (const callId of names) {
        const text = await readFile(join(folder, callId), 'utf8').catch(() => '')
        const [attempt = 0, lastSeq = 0] = text.split(' ').map(Number)
        if (!left.has(callId)) left.set(callId, { attempt, lastSeq, lines: [] })
      }
      if (names.length > 0) onAdded()
    },
    async write(signal) {
      for (const [callId, some] of [...left]) {
        signal.throwIfAborted()
        try {
          await writeOne(callId, some)
        } catch (error) {
          if (isAway(error)) throw error
          log.warn({ call: callId, err: error }, 'the end of a journal is in its folder alone: the database refuses it')
        }
        // It may have come back, and been left again.
        if (left.get(callId) !== some) continue
        left.delete(callId)
        await mark(callId, undefined)
      }
    },
    async forget(callIds) {
      for (const callId of callIds) {
        if (left.delete(callId)) await mark(callId, undefined)
      }
    },
  }
}

/** The lines of the journal in a call's folder; none where there is none. */
export async function journalLinesIn(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, JOURNAL), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  // A crash may have cut off the last line.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(line => line !== '')
}

/** Lines whose numbers follow each other, a bounded number at once. */
function runsOf(missing: ReadonlyMap<number, string>): readonly (readonly string[])[] {
  const runs: string[][] = []
  let next = 0
  for (const [seq, line] of [...missing].sort(([one], [other]) => one - other)) {
    const run = runs.at(-1)
    if (run && seq === next && run.length < LINES_AT_ONCE) run.push(line)
    else runs.push([line])
    next = seq + 1
  }
  return runs
}
