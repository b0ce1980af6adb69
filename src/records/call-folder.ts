import { createHash } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PRIVATE_FILE } from '../private-files.ts'

export const ABOUT = 'about.json'
export const SEALED = 'sealed.json'
/** Beside the seal: the object store has what it names. */
export const UPLOADED = 'uploaded.json'
export const JOURNAL = 'journal.jsonl'
const SEAL_VERSION = 1
const PIECE_BYTES = 64 * 1024

/** `sealed.json`: what the folder of a call held when the call was over. */
export interface Seal {
  readonly version: typeof SEAL_VERSION
  /** The server died during the call: it made the seal as its last act, or at its next start. */
  readonly killed: boolean
  /** What could not be kept, in words: a full disk, a store that was away. */
  readonly lost: readonly string[]
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>
}

/** Calls are named by their carrier or by us; whatever else somebody asks for is no call's folder. */
export const isCallId = (text: string): boolean => /^[A-Za-z0-9_-]{1,100}$/.test(text)

export const recordingOf = (attempt: number): string => `call-${attempt}.wav`

/** Seals a call's folder. It gets the time of its journal, so that both are old at the same time. */
export async function sealFolder(folder: string, told: Pick<Seal, 'killed' | 'lost'>): Promise<void> {
  const files: Record<string, { bytes: number; sha256: string }> = {}
  for (const name of (await readdir(folder)).toSorted()) {
    if (!name.startsWith(SEALED) && !name.startsWith(UPLOADED)) files[name] = await checksumOf(join(folder, name))
  }
  const seal: Seal = { version: SEAL_VERSION, ...told, files }
  await rm(join(folder, UPLOADED), { force: true })
  await writeWhole(folder, SEALED, seal)
  const journal = await statOf(join(folder, JOURNAL))
  if (journal) await utimes(join(folder, SEALED), journal.mtime, journal.mtime)
}

/** The call goes on: what its folder holds is not all yet. */
export async function unseal(folder: string): Promise<void> {
  for (const name of [SEALED, UPLOADED]) await rm(join(folder, name), { force: true })
}

/** Writes a file so that nobody ever finds a part of it. */
export async function writeWhole(folder: string, name: string, content: object): Promise<void> {
  const part = join(folder, `${name}.part`)
  await writeFile(part, `${JSON.stringify(content, undefined, 2)}\n`, { mode: PRIVATE_FILE })
  await rename(part, join(folder, name))
}

/** The content of a JSON file; undefined where there is no such file. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Undefined where there is no such file. */
export async function statOf(file: string): Promise<{ readonly size: number; readonly mtime: Date } | undefined> {
  try {
    return await stat(file)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** The bytes of a file, and their SHA-256 in hex. */
export async function checksumOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  // One for all: where twelve calls end together, a new one for each piece had the garbage collector stop us for 85 ms (measured).
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  const handle = await open(file)
  try {
    for (let bytes = 0; ; ) {
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES)
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(piece.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await handle.close()
  }
}
