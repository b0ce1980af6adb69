import { join } from 'node:path'
import type { JournalLine } from '../conversation/lines.ts'
import { readJournal } from '../journal/outcome.ts'
import { isMissing, JOURNAL } from './call-folder.ts'
import { keyOf, textOf } from './objects/kept-objects.ts'
import type { ObjectStore } from './objects/s3.ts'

/** Where journals are: in the folders of this server, and in the database that all servers share. */
export interface JournalSources {
  readonly callsFolder: string
  /** Undefined where records are kept in this server's folder alone. */
  readonly objects?: ObjectStore | undefined
  readonly store: { linesOf(callId: string): Promise<readonly string[]> }
}

/**
 * All lines that are kept of a call, by their numbers. The folder has the last lines of a killed server, the database
 * those of the streams that other servers held, the object store what both have no longer. Undefined where none knows the
 * call. Throws when one of them cannot be
 * read, unless the other has the call from its first line on.
 */
export async function linesOf(
  callId: string,
  sources: JournalSources,
  signal: AbortSignal,
): Promise<readonly JournalLine[] | undefined> {
  const [local, committed] = await Promise.allSettled([
    readJournal(join(sources.callsFolder, callId, JOURNAL)).catch(error => {
      if (isMissing(error)) return []
      throw error
    }),
    sources.store.linesOf(callId).then(lines => linesIn(lines.join('\n'))),
  ])
  const found = [local, committed].flatMap(one => (one.status === 'fulfilled' ? one.value : []))
  const lines = [...new Map(found.map(line => [line.seq, line])).values()].sort((one, other) => one.seq - other.seq)
  if (lines[0]?.seq === 1) return lines
  const stored = sources.objects && (await textOf(sources.objects, keyOf(callId, JOURNAL), signal))
  if (stored !== undefined) return linesIn(stored)
  const failed = [local, committed].find(one => one.status === 'rejected')
  if (failed) throw failed.reason
  return lines.length > 0 ? lines : undefined
}

const linesIn = (text: string): readonly JournalLine[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as JournalLine)
