import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { parentPort } from 'node:worker_threads'
import type { CheckpointAnswer, CheckpointJob } from './checkpoints.ts'
import { identityOf } from './file-identity.ts'

parentPort?.on('message', (job: CheckpointJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, file, identity }: CheckpointJob): CheckpointAnswer {
  try {
    const database = new DatabaseSync(existing(file), { timeout: 0 })
    try {
      // Nothing is read before the first statement: in a file that was put in its place the log has no business.
      if (identityOf(file) !== identity) return { id, problem: 'its file was replaced' }
      const [row] = database.prepare('pragma wal_checkpoint(passive)').all()
      return { id, logPages: Number(row?.log ?? 0) }
    } finally {
      database.close()
    }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** One that was deleted is not made anew. */
function existing(file: string): URL {
  const url = pathToFileURL(file)
  url.searchParams.set('mode', 'rw')
  return url
}
