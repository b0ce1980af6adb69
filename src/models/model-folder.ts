import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { KnownFile, KnownModel } from './known-models.ts'

/** Where the files of one model lie. */
export const modelFolder = (models: string, { name }: Pick<KnownModel, 'name'>): string => join(models, name)

/** What there is of a model. `damaged`: a file is not the one that was published. */
export type ModelState =
  | { readonly kind: 'whole' }
  | { readonly kind: 'missing'; readonly files: readonly string[] }
  | { readonly kind: 'damaged'; readonly files: readonly string[]; readonly why: string }

/** Looks at every byte (a tenth of a second). Rejects with the system's error when a file cannot be read. */
export async function lookAtModel(
  folder: string,
  { files }: Pick<KnownModel, 'files'>,
  signal: AbortSignal,
): Promise<ModelState> {
  const missing: string[] = []
  const damaged: { readonly name: string; readonly why: string }[] = []
  for (const file of files) {
    const path = join(folder, file.name)
    const why = await differenceOf(path, file, signal)
    if (why === 'missing') missing.push(file.name)
    else if (why) damaged.push({ name: file.name, why: `${path}: ${why}` })
  }
  const [first] = damaged
  if (first) return { kind: 'damaged', files: damaged.map(({ name }) => name), why: first.why }
  return missing.length > 0 ? { kind: 'missing', files: missing } : { kind: 'whole' }
}

/** How a file differs from the known one; undefined where it does not. */
export async function differenceOf(
  path: string,
  { bytes, sha256 }: KnownFile,
  signal: AbortSignal,
): Promise<string | undefined> {
  const size = await sizeOf(path)
  if (size === undefined) return 'missing'
  if (size !== bytes) return `it has ${size} bytes in place of ${bytes}`
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk)
  return hash.digest('hex') === sha256 ? undefined : 'its SHA-256 is not the published one'
}

/** In bytes; undefined where there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
