import { lstat, readdir, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { kindOf } from './read-file.ts'

const MOST_FILES = 5_000
const MOST_FOLDERS = 2_000
const DEEPEST = 20
/** What is made by programs, not by the folder's people. */
const LEFT_OUT = new Set(['node_modules', '__pycache__', 'CVS'])

export interface Folder {
  /** Where it really is. */
  readonly root: string
  /** Those of a kind that can be read, by their paths inside with forward slashes, sorted. */
  readonly files: readonly string[]
  /** Lines about what was not looked at. */
  readonly left: readonly string[]
}

/**
 * The documents of a folder. Links are not followed, so nothing outside of it is read; hidden files and folders are left out.
 * Throws the system's error where it is no folder, and an Error where there are too many files.
 */
export async function documentsIn(path: string, signal: AbortSignal): Promise<Folder> {
  const root = await realpath(path)
  const files: string[] = []
  const left: string[] = []
  const waiting: { readonly folder: string; readonly depth: number }[] = [{ folder: root, depth: 0 }]
  for (let folders = 1; waiting.length > 0; folders++) {
    signal.throwIfAborted()
    const { folder, depth } = waiting.shift() ?? { folder: root, depth: 0 }
    if (folders > MOST_FOLDERS) throw new Error(`${path} has more than ${MOST_FOLDERS} folders: name a smaller one`)
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const inside = relative(root, join(folder, entry.name)).split(sep).join('/')
      if (entry.name.startsWith('.') || LEFT_OUT.has(entry.name)) continue
      if (entry.isSymbolicLink()) left.push(`${inside}: is a link, which is not followed`)
      else if (entry.isDirectory() && depth < DEEPEST)
        waiting.push({ folder: join(folder, entry.name), depth: depth + 1 })
      else if (entry.isDirectory()) left.push(`${inside}: lies too deep`)
      else if (entry.isFile() && kindOf(entry.name)) files.push(inside)
      if (files.length > MOST_FILES)
        throw new Error(`${path} has more than ${MOST_FILES} documents: name a smaller folder`)
    }
  }
  return { root, files: files.toSorted(), left }
}

/** Whether the path is a folder; throws the system's error where there is nothing. */
export const isFolder = async (path: string): Promise<boolean> => (await lstat(await realpath(path))).isDirectory()
