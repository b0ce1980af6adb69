import { setPriority } from 'node:os'
import { serveJobs } from '../../jobs/serve-jobs.ts'
import { openSentenceModel } from './sentence-model.ts'

// The process in which texts are read by the local model: it keeps a core busy for some milliseconds at a time, and for long
// while documents are taken in. Calls go before it.
setPriority(10)
const [folder = ''] = process.argv.slice(2)
await serveJobs<readonly string[], readonly Float32Array[]>(async () => {
  const model = await openSentenceModel(folder).catch(error => {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`the model in ${folder} cannot be loaded (npm run models -- sentences looks at it): ${why}`)
  })
  return async (texts, signal) => {
    const vectors: Float32Array[] = []
    for (const text of texts) {
      signal.throwIfAborted()
      vectors.push(await model.embed(text))
    }
    return vectors
  }
})
