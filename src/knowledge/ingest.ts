import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'
import { DocumentError } from './documents/document.ts'
import { documentsIn } from './documents/folder.ts'
import { piecesOf } from './documents/pieces.ts'
import { bytesOf, documentOf, kindOf } from './documents/read-file.ts'
import { type KnowledgeStore, MOST_PIECES } from './store/store.ts'
import { languageOfText } from './words/stems.ts'

/** Raise it when documents are read or cut otherwise, so that all files are read again. */
const READ_VERSION = 1

/** What was done with a folder. */
export interface Ingested {
  readonly read: number
  readonly unchanged: number
  readonly removed: number
  readonly pieces: number
  /** A line for each file that was not taken. What was known of it before stays. */
  readonly problems: readonly string[]
}

/** The folder cannot be taken in as it was asked for. The message is for the person who asked. */
export class IngestError extends Error {
  override readonly name = 'IngestError'
}

export interface IngestParts {
  readonly store: KnowledgeStore
  readonly clock: Clock
  /** Takes the place of another folder that was read under this name. */
  readonly replaces: boolean
}

/**
 * Reads a folder's documents into the store under a name. A file that was not changed since is left alone, one that is gone
 * is removed, and one that cannot be read is told and harms nothing. Each file is there as a whole or not at all, so calls
 * may go on meanwhile, and one that is broken off goes on with the next. Rejects with IngestError, or on abort.
 */
export async function ingestFolder(
  folder: string,
  source: string,
  { store, clock, replaces }: IngestParts,
  signal: AbortSignal,
): Promise<Ingested> {
  const { root, files, left } = await documentsIn(folder, signal)
  const before = (await store.sources()).find(one => one.source === source)
  if (before && before.folder !== root && !replaces)
    throw new IngestError(
      `"${source}" was read from ${before.folder} before. --as NAME keeps both; --as ${source} puts this folder in its place.`,
    )
  if (files.length === 0)
    throw new IngestError(
      `${folder} has no documents (.md, .html, .txt, .csv, .pdf)${before ? `, so "${source}" stays as it is; --remove ${source} takes it away` : ''}.`,
    )
  const known = await store.files(source)
  const problems = [...left]
  let [read, unchanged] = [0, 0]
  await store.keepSource(source, root, clock.wallTime())
  for (const path of files) {
    signal.throwIfAborted()
    try {
      const kind = kindOf(path)
      if (!kind) continue
      const bytes = await bytesOf(join(root, path), kind)
      const hash = createHash('sha256').update(`${READ_VERSION}\n`).update(bytes).digest('base64url')
      if (known.get(path) === hash) {
        unchanged++
        continue
      }
      const document = await documentOf(bytes, kind, clock, signal)
      const pieces = piecesOf(document, nameOf(path))
      const language = languageOfText(pieces.map(({ text }) => text).join('\n'))
      await withinBounds(store, source, path, pieces.length)
      await store.keepFile(source, path, { hash, language, pieces })
      read++
    } catch (error) {
      signal.throwIfAborted()
      if (!isOfTheFile(error)) throw error
      const why = error instanceof DocumentError ? error.message : `cannot be read (${error.message})`
      problems.push(`${path}: ${why}${known.has(path) ? '; it stays as it was read before' : ''}`)
    }
  }
  const gone = [...known.keys()].filter(path => !files.includes(path))
  if (gone.length > 0) await store.removeFiles(source, gone)
  const pieces = (await store.sources()).find(one => one.source === source)?.pieces ?? 0
  return { read, unchanged, removed: gone.length, pieces, problems }
}

async function withinBounds(store: KnowledgeStore, source: string, path: string, more: number): Promise<void> {
  const all = await store.pieceCount()
  const own = await store.pieceCount({ source, path })
  if (all - own + more > MOST_PIECES)
    throw new DocumentError(`would make it ${all - own + more} pieces, and ${MOST_PIECES} are the most`)
}

/** It is about this file alone: the next one may be read. */
const isOfTheFile = (error: unknown): error is Error =>
  error instanceof DocumentError ||
  (error instanceof Error && 'code' in error && /^(?:ENOENT|EACCES|EPERM|EISDIR|EIO|ELOOP)$/.test(String(error.code)))

/** "opening-hours.md" is called "opening hours" where it does not say what it is called. */
const nameOf = (path: string): string =>
  (path.split('/').at(-1) ?? path)
    .replace(/\.[^.]+$/, '')
    .replaceAll(/[-_]+/g, ' ')
    .trim() || path
