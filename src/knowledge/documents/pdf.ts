import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import { jobThread } from '../../jobs/job-thread.ts'
import { type Block, type Document, DocumentError, oneLine } from './document.ts'
import type { PdfAnswer, PdfJob } from './pdf-worker.ts'

const MOST_PAGES = 1_000
const LONGEST_READ_MS = 60_000
/** A line that stands on so many pages, and on half of all, is the frame of each of them. */
const FRAME_PAGES = 3

/** Reads the text of a PDF, page by page. Throws DocumentError for one that is damaged, locked, endless, or pictures alone. */
export async function readPdf(bytes: Uint8Array, clock: Clock, signal: AbortSignal): Promise<Document> {
  const thread = jobThread<PdfJob, PdfAnswer>({
    file: new URL('./pdf-worker.ts', import.meta.url),
    name: 'the reader of PDF files',
    mostWaiting: 1,
    isMute: true,
  })
  try {
    const ask = (some: AbortSignal) => thread.ask({ bytes, mostPages: MOST_PAGES }, [], some)
    const answer = await within(LONGEST_READ_MS, 'reading it', clock, ask, signal).catch(error => {
      signal.throwIfAborted()
      throw new DocumentError(`is no PDF that can be read (${error instanceof Error ? error.message : error})`)
    })
    if ('why' in answer) throw new DocumentError(answer.why)
    return documentOf(answer.pages)
  } finally {
    await thread.close()
  }
}

function documentOf(pages: readonly string[]): Document {
  const frame = frameOf(pages)
  const blocks = pages.flatMap((page, index): Block[] => {
    const lines = page.split('\n').filter(line => !frame.has(oneLine(line)))
    const text = oneLine(lines.join('\n').replace(/(\p{L})-\n(?=\p{Ll})/gu, '$1'))
    if (!/[\p{L}\p{N}]/u.test(text)) return []
    return [
      { kind: 'heading', level: 2, text: `Page ${index + 1}` },
      { kind: 'text', text },
    ]
  })
  if (blocks.length === 0) throw new DocumentError('is a PDF without text: its pages are pictures')
  return { title: undefined, blocks }
}

function frameOf(pages: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const page of pages)
    for (const line of new Set(page.split('\n').map(oneLine))) counts.set(line, (counts.get(line) ?? 0) + 1)
  return new Set([...counts].flatMap(([line, on]) => (on >= Math.max(FRAME_PAGES, pages.length / 2) ? [line] : [])))
}
