import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs'
import { chmod, type FileHandle, lstat, mkdir, open, opendir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The modes of all files and folders that the server makes: only its own user may read them. A stricter umask stays. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700
const OTHERS = 0o077

/**
 * Takes the rights of other users from a folder and everything below it; links are not followed. Goes on after what
 * cannot be changed: `failed` is called with each error. Rejects on abort.
 */
export async function makePrivate(
  folder: string,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await tighten(folder, (await stat(folder)).mode)
    for await (const entry of await opendir(folder, { recursive: true })) {
      signal.throwIfAborted()
      if (!entry.isFile() && !entry.isDirectory()) continue
      const path = join(entry.parentPath, entry.name)
      await lstat(path)
        .then(({ mode }) => tighten(path, mode))
        .catch(error => (isGone(error) ? undefined : failed(error)))
    }
  } catch (error) {
    signal.throwIfAborted()
    failed(error)
  }
}

async function tighten(path: string, mode: number): Promise<void> {
  if ((mode & OTHERS) !== 0) await chmod(path, mode & 0o7777 & ~OTHERS)
}

/** Makes a file private before it holds anything, or tightens the one that is there. Throws when that fails. */
export function makeFilePrivate(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE_FILE))
  const { mode } = lstatSync(path)
  if ((mode & OTHERS) !== 0) chmodSync(path, mode & 0o7777 & ~OTHERS)
}

/** Opens a private file, and makes its folder where that is missing. Throws the system's error when it cannot. */
export async function openPrivate(path: string, flags: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  return open(path, flags, PRIVATE_FILE)
}

/** A file may be deleted between its listing and its turn. */
const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
