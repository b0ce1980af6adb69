import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that can be filled to its last byte. */
export interface SmallDisk {
  readonly folder: string
  fill(): void
  /** Takes the filling away. */
  free(): void
  close(): void
}

/** Mounts one of so many megabytes. Where this process may not mount, a line says that `what` was not tested. */
export function openSmallDisk(what: string, megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'partyline-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'partyline', folder], { stdio: 'ignore' })
  } catch {
    rmdirSync(folder)
    process.stderr.write(`no file system can be mounted here, which takes root: ${what} was not tested\n`)
    return undefined
  }
  const filling = openSync(join(folder, 'filling'), 'w')
  return {
    folder,
    fill() {
      for (let bytes = 1024 * 1024; bytes > 0; bytes = Math.floor(bytes / 4)) {
        const piece = Buffer.alloc(bytes)
        try {
          while (writeSync(filling, piece) === bytes);
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        }
      }
    },
    free: () => ftruncateSync(filling),
    close() {
      closeSync(filling)
      execFileSync('umount', [folder])
      rmdirSync(folder)
    },
  }
}
