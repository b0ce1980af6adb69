import { Worker } from 'node:worker_threads'
import { orAborted } from '../conversation/scope.ts'

export interface JobThreadParts {
  /** The module that the thread runs: it answers each message that has an `id` with one that has the same. */
  readonly file: URL
  /** Names it in errors, such as "the JPEG encoder". */
  readonly name: string
  /** More jobs are not taken. */
  readonly mostWaiting: number
  /** What the thread writes to its own stderr is thrown away. */
  readonly isMute?: boolean
}

interface Numbered {
  readonly id: number
}

/** One thread that works for all who ask. It starts with the first job; an idle one does not keep the process alive. */
export interface JobThread<Job extends Numbered, Answer extends Numbered> {
  /** `given`: memory that is handed over in place of copied. Rejects when too many wait, when the thread breaks, or on abort. */
  ask(job: Omit<Job, 'id'>, given: readonly ArrayBuffer[], signal: AbortSignal): Promise<Answer>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

export function jobThread<Job extends Numbered, Answer extends Numbered>({
  file,
  name,
  mostWaiting,
  isMute = false,
}: JobThreadParts): JobThread<Job, Answer> {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  let jobs = 0
  let worker: Worker | undefined
  let isClosed = false

  function start(): Worker {
    const thread = new Worker(file, { stderr: isMute })
    if (isMute) thread.stderr.resume()
    thread.on('message', (answer: Answer) => {
      const settle = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) thread.unref()
      settle?.resolve(answer)
    })
    const broke = (cause: unknown): void => {
      if (worker === thread) fail(new Error(`${name} broke down: ${String(cause)}`, { cause }))
    }
    thread.once('error', broke)
    // Code in it may end it without an error.
    thread.once('exit', code => broke(`it ended with ${code}`))
    return thread
  }

  function fail(problem: Error): void {
    worker = undefined
    const all = [...waiting.values()]
    waiting.clear()
    for (const settle of all) settle.reject(problem)
  }

  return {
    async ask(job, given, signal) {
      signal.throwIfAborted()
      if (isClosed) throw new Error(`${name} is closed`)
      if (waiting.size >= mostWaiting) throw new Error(`${mostWaiting} jobs wait for ${name} already`)
      const settle = Promise.withResolvers<Answer>()
      const id = ++jobs
      worker ??= start()
      worker.postMessage({ ...job, id }, given)
      waiting.set(id, settle)
      worker.ref()
      return orAborted(settle.promise, signal)
    },
    async close() {
      isClosed = true
      const thread = worker
      fail(new Error(`${name} is closed`))
      await thread?.terminate()
    },
  }
}
