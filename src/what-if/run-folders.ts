import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

/** `run`: the copy of a call that is run again. `what-if`: what such a run opens. */
const KINDS = ['run', 'what-if'] as const
const prefixOf = (kind: (typeof KINDS)[number]): string => `partyline-${kind}-${hostname()}-`

/** Makes a private folder in the system's temporary one. Its name says whose it is, so that it is known when nobody's. */
export const runFolder = (kind: (typeof KINDS)[number]): Promise<string> =>
  mkdtemp(join(tmpdir(), `${prefixOf(kind)}${process.pid}-`))

/** Deletes the folders of processes that were killed, and resolves with how many. Other hosts may share the folder. */
export async function deleteLeftRunFolders(): Promise<number> {
  let deleted = 0
  for (const entry of await readdir(tmpdir(), { withFileTypes: true })) {
    const prefix = KINDS.map(prefixOf).find(known => entry.name.startsWith(known))
    const [, pid] = /^(\d+)-\w+$/.exec(entry.name.slice(prefix?.length)) ?? []
    if (!prefix || pid === undefined || !entry.isDirectory()) continue
    const folder = join(tmpdir(), entry.name)
    if (await isInUse(folder, Number(pid))) continue
    await rm(folder, { recursive: true, force: true })
    deleted++
  }
  return deleted
}

/** As one of the purges. */
export const leftRunFolders = { what: 'copies of calls for runs that were killed', run: deleteLeftRunFolders }

/** In a container every server has the same number: what is older than this process is of one before it. */
async function isInUse(folder: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return isAlive(pid)
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && found.mtimeMs >= performance.timeOrigin
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
