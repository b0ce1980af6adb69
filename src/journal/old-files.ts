import { opendir, readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface OldFiles {
  /** The folder with a folder for each call. */
  readonly folder: string
  /** Recordings that were last written before this are deleted; undefined keeps them all. */
  readonly recordingsBefore: Date | undefined
  /** The same for journals, transcripts and what is written beside them. */
  readonly journalsBefore: Date | undefined
  readonly isLive: (callId: string) => boolean
  readonly pause: () => Promise<void>
}

const RECORDING = /^call-\d+\.wav$/
const JOURNAL = /^(?:journal\.jsonl|transcript\.txt|(?:about|sealed|uploaded)\.json(?:\.part)?)$/
const BATCH = 50

/** Deletes the old files of calls that are over, and folders that are empty then. Resolves with how many files. */
export async function deleteOldFiles(old: OldFiles): Promise<number> {
  let deleted = 0
  let looked = 0
  for (const callId of await callsIn(old.folder)) {
    if (!old.isLive(callId)) deleted += await deleteIn(join(old.folder, callId), old)
    if (++looked % BATCH === 0) await old.pause()
  }
  return deleted
}

async function callsIn(folder: string): Promise<readonly string[]> {
  const calls: string[] = []
  try {
    for await (const entry of await opendir(folder)) if (entry.isDirectory()) calls.push(entry.name)
  } catch (error) {
    // Before the first call there is no folder.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return calls
}

async function deleteIn(folder: string, { recordingsBefore, journalsBefore }: OldFiles): Promise<number> {
  const names = await readdir(folder)
  let deleted = 0
  for (const name of names) {
    const before = RECORDING.test(name) ? recordingsBefore : JOURNAL.test(name) ? journalsBefore : undefined
    if (before === undefined) continue
    const path = join(folder, name)
    if ((await stat(path)).mtime >= before) continue
    await unlink(path)
    deleted++
  }
  if (deleted === names.length && deleted > 0) await rmdir(folder)
  return deleted
}
