import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messagesOf } from '../conversation/history.ts'
import type { Language } from '../conversation/language.ts'
import { restore } from '../conversation/restore.ts'
import { readJournal } from './outcome.ts'
import { transcriptOf } from './transcript.ts'

/** A journal ends within this time of its transcript, unless the server was killed in a later stream of the call. */
const SEALED_WITHIN_MS = 30_000

export interface MissingTranscripts {
  /** The ids of the calls that have their transcript now. */
  readonly written: readonly string[]
  /** A line for each call whose journal cannot be told. */
  readonly problems: readonly string[]
}

/**
 * Writes the transcripts of calls that a killed server left without one, from their journals. Leaves the calls alone
 * whose journal was written to after `before`: they go on. Throws when the folder of the calls cannot be read.
 */
export async function writeMissingTranscripts(
  callsFolder: string,
  languageOf: (code: string) => Language,
  before: Date,
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void },
): Promise<MissingTranscripts> {
  const written: string[] = []
  const problems: string[] = []
  for (const entry of await readdir(callsFolder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const folder = join(callsFolder, entry.name)
    if (!(await isMissing(folder, before))) continue
    try {
      const lines = await readJournal(join(folder, 'journal.jsonl'))
      const started = lines.find(line => 'started' in line)
      const { history } = restore(lines, languageOf(started && 'started' in started ? started.started.language : 'en'))
      await writeFile(join(folder, 'transcript.txt'), transcriptOf(messagesOf(history)))
      written.push(entry.name)
    } catch (error) {
      problems.push(`${entry.name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  if (written.length > 0) log.info({ calls: written }, 'transcripts written that a killed server left unwritten')
  if (problems.length > 0) log.warn({ problems }, 'transcripts cannot be written')
  return { written, problems }
}

async function isMissing(folder: string, before: Date): Promise<boolean> {
  const journalMs = await changedMs(join(folder, 'journal.jsonl'))
  if (journalMs === undefined || journalMs >= before.getTime()) return false
  const transcriptMs = await changedMs(join(folder, 'transcript.txt'))
  return transcriptMs === undefined || journalMs - transcriptMs > SEALED_WITHIN_MS
}

/** Undefined when there is no such file. */
async function changedMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
