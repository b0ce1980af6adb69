import { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import type { CheckpointAnswer, CheckpointJob } from './checkpoints.ts'

parentPort?.on('message', (job: CheckpointJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, url }: CheckpointJob): CheckpointAnswer {
  try {
    const database = new DatabaseSync(new URL(url), { timeout: 0 })
    try {
      const [row] = database.prepare('pragma wal_checkpoint(passive)').all()
      return { id, logPages: Number(row?.log ?? 0) }
    } finally {
      database.close()
    }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
