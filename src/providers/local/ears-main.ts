import { setPriority } from 'node:os'
import { serveJobs } from '../../jobs/serve-jobs.ts'
import { openMoonshine } from './moonshine.ts'

// The process in which speech is recognised: the decoder keeps a core busy for a tenth of a second at a time.
// Frames of sound go before words: on a machine that is full, the server's own loop is the one that must not wait.
setPriority(10)
const [folder = ''] = process.argv.slice(2)
await serveJobs<Int16Array, string>(async () => {
  const moonshine = await openMoonshine(folder).catch(error => {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`the model in ${folder} cannot be loaded (npm run models looks at it and fetches it anew): ${why}`)
  })
  return (pcm16k, signal) => moonshine.recognize(pcm16k, signal)
})
