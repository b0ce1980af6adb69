import { parentPort } from 'node:worker_threads'
import { extractText, getDocumentProxy } from 'unpdf'

// The thread in which PDF files are read: a page may keep it busy for as long as whoever made the file wants.
export interface PdfJob {
  readonly id: number
  readonly bytes: Uint8Array
  readonly mostPages: number
}
export type PdfAnswer = { readonly id: number } & ({ readonly pages: readonly string[] } | { readonly why: string })

async function read({ bytes, mostPages }: PdfJob): Promise<{ pages: readonly string[] } | { why: string }> {
  try {
    const pdf = await getDocumentProxy(bytes, { disableFontFace: true })
    if (pdf.numPages > mostPages) return { why: `has ${pdf.numPages} pages, and ${mostPages} are the most` }
    const { text } = await extractText(pdf, { mergePages: false })
    return { pages: text }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      why: /password/i.test(why) ? 'is a PDF with a password' : `is no PDF that can be read (${why.slice(0, 200)})`,
    }
  }
}

parentPort?.on('message', async (job: PdfJob) => {
  parentPort?.postMessage({ id: job.id, ...(await read(job)) })
})
