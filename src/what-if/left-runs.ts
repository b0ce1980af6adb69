import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of the folders in which calls are run again begin so. */
export const RUN_FOLDER = 'partyline-run-'

/**
 * Deletes the copies of calls that runs left in `folder`, and that were written before `before`. A run whose server is killed
 * deletes its own, but in a container it is killed with the server. Resolves with how many.
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
