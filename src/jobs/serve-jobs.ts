import type { FromWorker, ToWorker } from './messages.ts'

/** Does one job. The signal aborts when nobody wants its answer any more; to reject is an answer, too. */
export type Work<Job, Answer> = (job: Job, signal: AbortSignal) => Answer | Promise<Answer>

/** The way to the process that started this one. */
export interface Parent {
  send(message: unknown, sent?: () => void): void
  onMessage(take: (message: unknown) => void): void
  /** Ends this process. */
  end(code: number): void
}

/**
 * What a process of `jobProcess` runs: opens what the work needs, says that it is ready, and works. If it cannot be opened,
 * its error's message is told, and the process ends.
 */
export async function serveJobs<Job, Answer>(
  open: () => Promise<Work<Job, Answer>>,
  parent: Parent = servedByParent(),
): Promise<void> {
  const aborts = new Map<number, AbortController>()
  const send = (message: FromWorker<Answer>, sent?: () => void): void => parent.send(message, sent)
  let work: Work<Job, Answer>
  try {
    work = await open()
  } catch (error) {
    return send({ kind: 'unfit', why: messageOf(error) }, () => parent.end(1))
  }

  async function run(id: number, job: Job): Promise<void> {
    const abort = new AbortController()
    aborts.set(id, abort)
    try {
      send({ kind: 'done', id, answer: await work(job, abort.signal) })
    } catch (error) {
      send({ kind: 'failed', id, why: messageOf(error) })
    } finally {
      aborts.delete(id)
    }
  }

  parent.onMessage(given => {
    const message = given as ToWorker<Job>
    switch (message.kind) {
      case 'job':
        return void run(message.id, message.job)
      case 'abort':
        return aborts.get(message.id)?.abort(new Error('nobody wants the answer any more'))
    }
  })
  send({ kind: 'ready' })
}

/** The server that forked this process. It ends when the server lets go of it, however that ended. */
function servedByParent(): Parent {
  // A terminal sends its signals to both; the server waits for its live calls, so this process does, too.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
  process.once('disconnect', () => process.exit())
  return {
    send: (message, sent) => process.send?.(message, undefined, undefined, () => sent?.()),
    onMessage: take => process.on('message', take),
    end: code => process.exit(code),
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
