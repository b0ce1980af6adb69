import { open } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Clock } from '../../conversation/ports.ts'
import { decoded } from './decoded.ts'
import { type Document, DocumentError } from './document.ts'
import { readHtml } from './html.ts'
import { readMarkdown } from './markdown.ts'
import { readPlainText, readRows } from './plain-text.ts'

type Kind = 'markdown' | 'html' | 'text' | 'rows' | 'pdf'

const KINDS: Readonly<Record<string, Kind>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdx': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.txt': 'text',
  '.text': 'text',
  '.csv': 'rows',
  '.tsv': 'rows',
  '.pdf': 'pdf',
}
const MEGABYTE = 1_000_000
/** More text is no document, but data. A PDF has pictures, too. */
const MOST_BYTES: Readonly<Record<Kind, number>> = {
  markdown: 5 * MEGABYTE,
  html: 5 * MEGABYTE,
  text: 5 * MEGABYTE,
  rows: 5 * MEGABYTE,
  pdf: 50 * MEGABYTE,
}

export const kindOf = (path: string): Kind | undefined => KINDS[extname(path).toLowerCase()]

/** The bytes of a file of a kind that can be read. Throws DocumentError for an empty or huge one, or the system's error. */
export async function bytesOf(path: string, kind: Kind): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const about = await file.stat()
    if (!about.isFile()) throw new DocumentError('is no file')
    const most = MOST_BYTES[kind]
    if (about.size > most) throw new DocumentError(`has ${megabytes(about.size)}, and ${megabytes(most)} are the most`)
    // One that grows meanwhile is not followed.
    const bytes = new Uint8Array(about.size)
    const { bytesRead } = await file.read(bytes, 0, about.size, 0)
    if (bytesRead === 0) throw new DocumentError('is empty')
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What a file says. Throws DocumentError where it says nothing that can be read. */
export async function documentOf(bytes: Uint8Array, kind: Kind, clock: Clock, signal: AbortSignal): Promise<Document> {
  const document = await read(bytes, kind, clock, signal)
  if (document.blocks.every(block => block.kind === 'heading')) throw new DocumentError('has no text')
  return document
}

async function read(bytes: Uint8Array, kind: Kind, clock: Clock, signal: AbortSignal): Promise<Document> {
  switch (kind) {
    case 'markdown':
      return readMarkdown(decoded(bytes, false))
    case 'html':
      return readHtml(decoded(bytes, true))
    case 'text':
      return readPlainText(decoded(bytes, false))
    case 'rows':
      return readRows(decoded(bytes, false))
    case 'pdf':
      // Loaded where there is one: it takes a tenth of a second.
      return (await import('./pdf.ts')).readPdf(bytes, clock, signal)
  }
}

const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`
