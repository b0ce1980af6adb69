import { join } from 'node:path'
import type { JournalLine } from '../conversation/lines.ts'
import { readJournal } from '../journal/outcome.ts'
import { isMissing, JOURNAL } from './call-folder.ts'

/** Where journals are: in the folders of this server, and in the database that all servers share. */
export interface JournalSources {
  readonly callsFolder: string
  readonly store: { linesOf(callId: string): Promise<readonly string[]> }
}

/**
 * All lines that are kept of a call, by their numbers. The folder has the last lines of a killed server, the database
 * those of the streams that other servers held. Undefined where neither knows the call. Throws when one of them cannot be
 * read, unless the other has the call from its first line on.
 */
export async function linesOf(callId: string, sources: JournalSources): Promise<readonly JournalLine[] | undefined> {
  const [local, committed] = await Promise.allSettled([
    readJournal(join(sources.callsFolder, callId, JOURNAL)).catch(error => {
      if (isMissing(error)) return []
      throw error
    }),
    sources.store.linesOf(callId).then(lines => lines.map(line => JSON.parse(line) as JournalLine)),
  ])
  const found = [local, committed].flatMap(one => (one.status === 'fulfilled' ? one.value : []))
  const lines = [...new Map(found.map(line => [line.seq, line])).values()].sort((one, other) => one.seq - other.seq)
  const failed = [local, committed].find(one => one.status === 'rejected')
  if (failed && lines[0]?.seq !== 1) throw failed.reason
  return lines.length > 0 ? lines : undefined
}
