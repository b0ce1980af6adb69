import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readJournal } from '../journal/outcome.ts'
import type { RecordedCall } from './report.ts'

export const JOURNAL_FILE = 'journal.jsonl'

/** A call on this disk: its journal, and the folder with its other files. */
export interface FoundCall {
  readonly name: string
  readonly journal: string
  readonly folder: string
}

/**
 * The calls at a path: a journal, a folder of one call, or a folder with folders of calls. Throws an Error that says
 * what is there instead.
 */
export async function findCalls(path: string): Promise<readonly FoundCall[]> {
  const found = await stat(path).catch(cause => {
    throw new Error(`${path}: there is no such file or folder`, { cause })
  })
  if (found.isFile()) return [{ name: basename(dirname(path)) || path, journal: path, folder: dirname(path) }]
  const own = await callIn(path)
  if (own) return [own]
  const entries = await readdir(path, { withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory()).map(entry => join(path, entry.name))
  const calls = (await Promise.all(folders.toSorted().map(callIn))).filter(call => call !== undefined)
  if (calls.length > 0) return calls
  throw new Error(`${path}: no call is in it; a call is a folder with a ${JOURNAL_FILE}`)
}

async function callIn(folder: string): Promise<FoundCall | undefined> {
  const journal = join(folder, JOURNAL_FILE)
  const isThere = await stat(journal).then(
    () => true,
    () => false,
  )
  return isThere ? { name: basename(folder), journal, folder } : undefined
}

/** Reads a call that is kept in a folder. Throws an Error that names the journal when it makes no sense. */
export async function readCall({ name, journal, folder }: FoundCall): Promise<RecordedCall> {
  const lines = await readJournal(journal)
  const started = lines.find(line => 'started' in line)
  return {
    callId: started && 'started' in started ? started.started.callId : name,
    lines,
    async recording(attempt, signal) {
      try {
        return await readFile(join(folder, `call-${attempt}.wav`), { signal })
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}
