import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of the folders in which calls are run again begin so. */
export const RUN_FOLDER = 'partyline-run-'

/**
 * Deletes what runs of calls left in `folder` because their server was killed: copies of calls, which would outlive the calls
 * themselves. None lasts as long as until `before`. Resolves with how many.
 */
export async function deleteLeftRuns(folder: string, before: Date): Promise<number> {
  const names = (await readdir(folder)).filter(name => name.startsWith(RUN_FOLDER))
  let deleted = 0
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || found.mtime >= before) continue
    await rm(path, { recursive: true, force: true })
    deleted++
  }
  return deleted
}
