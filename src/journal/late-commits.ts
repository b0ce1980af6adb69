import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openPrivate } from '../private-files.ts'
import { seqOf } from './journal-file.ts'
import { lateEntries } from './late-entries.ts'
import type { Waiting } from './late-writes.ts'
import { type Store, SupersededError } from './store.ts'

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
  /** Brings what is left to the store; throws where the store is away, and gives false where it must be tried again. */
  write(signal: AbortSignal): Promise<boolean>
  /** The calls whose journals are left. What the disk has not taken either is lost with the process. */
  waiting(): Waiting
  /** Nothing of these calls is wanted any more. */
  forget(callIds: readonly string[]): Promise<void>
}

export interface LateCommitsParts {
  readonly store: Pick<Store, 'linesOf' | 'commit'>
  readonly callsFolder: string
  /** This process, as the store knows it. */
  readonly serverId: string
  /** Holds a file for each call: the numbers of its stream and of its last line, and which process had them. */
  readonly folder: string
  readonly log: { warn(fields: object, message: string): void }
  /** There is something to write. */
  readonly onAdded: () => void
}

interface Left extends Omit<LeftJournal, 'callId'> {
  /** The process that took the stream's pass. */
  readonly by: string
}

/** Lines that neither the disk nor the store has taken: some 60 MB. */
const MOST_HELD = 200_000
const LINES_AT_ONCE = 1_000
const JOURNAL = 'journal.jsonl'

export function lateCommits(parts: LateCommitsParts): LateCommits {
  const { store, callsFolder, serverId, folder, log, onAdded } = parts
  const left = new Map<string, Left>()
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
    left.set(callId, { attempt, lastSeq, lines: room ? [...before, ...lines] : before, by: serverId })
    void mark(callId, `${attempt} ${lastSeq} ${serverId}`)
    onAdded()
  }

  async function write(callId: string, some: Left): Promise<void> {
    const { attempt, lastSeq, lines, by } = some
    const stored = new Set((await store.linesOf(callId)).map(seqOf))
    const here = [...(await journalLinesIn(join(callsFolder, callId))), ...lines]
    const missing = new Map<number, string>()
    for (const line of here) {
      const seq = seqOf(line)
      if (seq > 0 && seq <= lastSeq && !stored.has(seq)) missing.set(seq, line)
    }
    for (const run of runsOf(missing)) await store.commit(callId, attempt, seqOf(run[0] ?? ''), run.join('\n'), by)
    await forgetOne(callId, some)
  }

  async function forgetOne(callId: string, some: Left): Promise<void> {
    // It may have come back, and been left again.
    if (left.get(callId) !== some) return
    left.delete(callId)
    await mark(callId, undefined)
  }

  const writeAll = lateEntries<Left>({
    waiting: () => left,
    write,
    isFinal: error => error instanceof SupersededError,
    giveUp(callId, some, why) {
      log.warn({ call: callId, err: why }, 'the end of a journal is in its folder alone: the database refuses it')
      return forgetOne(callId, some)
    },
  })

  return {
    add,
    has: callId => left.has(callId),
    continued(callId, attempt) {
      const some = left.get(callId)
      if (some?.attempt !== attempt - 1) return
      left.set(callId, { ...some, attempt, by: serverId })
      void mark(callId, `${attempt} ${some.lastSeq} ${serverId}`)
      onAdded()
    },
    async findLeft() {
      const names = await readdir(folder).catch(() => [])
      for (const callId of names) {
        const text = await readFile(join(folder, callId), 'utf8').catch(() => '')
        const [attempt, lastSeq, by = serverId] = text.split(' ')
        const numbers = { attempt: Number(attempt ?? 0), lastSeq: Number(lastSeq ?? 0) }
        if (!left.has(callId)) left.set(callId, { ...numbers, lines: [], by })
      }
      if (names.length > 0) onAdded()
    },
    write: writeAll,
    waiting: () => ({
      lost: [...left].flatMap(([callId, { lines }]) => (lines.length > 0 ? [callId] : [])),
      kept: [...left].flatMap(([callId, { lines }]) => (lines.length > 0 ? [] : [callId])),
    }),
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
