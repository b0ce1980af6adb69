import { reasonOf } from '../failure-reason.ts'
import { IngestError } from './ingest.ts'
import { ingest } from './ingest-command.ts'

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () =>
    interrupted.abort(
      new IngestError(`\nEnded by ${name}. What was taken in stays; the same command goes on from there.`),
    ),
  )
// A reader that has seen enough, such as `head`, closes the pipe: the documents are taken in all the same.
process.stdout.on('error', () => undefined)
ingest(process.argv.slice(2), interrupted.signal).catch(error => {
  process.stderr.write(
    `${error instanceof IngestError ? error.message : `Documents were not taken in: ${reasonOf(error)}`}\n`,
  )
  process.exitCode = 1
})
