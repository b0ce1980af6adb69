import { Worker } from 'node:worker_threads'
import { orAborted } from '../../conversation/scope.ts'

/** More pictures are not taken: a caller's screen is looked at every few seconds. */
const MOST_WAITING = 20

/** A word on a picture, by its box in pixels. `ends`: it is the last one of its line. `sure`: how sure (0 to 1) it is read right. */
export interface SeenWord {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly ends: boolean
  readonly sure: number
}

/** Reads the text of pictures with Tesseract, in a thread of its own. */
export interface ScreenReader {
  /**
   * The words of a JPEG, in reading order. Rejects with UnreadablePicture when it cannot be decoded, and with an Error when
   * more than 20 pictures wait.
   */
  read(jpeg: Uint8Array, signal: AbortSignal): Promise<readonly SeenWord[]>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

/** The picture is none, or none that can be decoded. */
export class UnreadablePicture extends Error {
  override readonly name = 'UnreadablePicture'
}

/** What the thread is asked. */
export interface ReaderJob {
  readonly id: number
  readonly jpeg: Uint8Array
}

/** What the thread answers. */
export type ReaderAnswer =
  | { readonly id: number; readonly words: readonly SeenWord[] }
  | { readonly id: number; readonly problem: string; readonly isPicture: boolean }

/** The thread, with 60 MB of Tesseract in it, starts with the first picture. An idle one does not keep the process alive. */
export function openScreenReader(): ScreenReader {
  const waiting = new Map<number, PromiseWithResolvers<readonly SeenWord[]>>()
  let jobs = 0
  let worker: Worker | undefined
  let isClosed = false

  function start(): Worker {
    // Tesseract writes what it guesses of a picture to stderr, which is nobody's business.
    const thread = new Worker(new URL('./reader-worker.ts', import.meta.url), { stderr: true })
    thread.stderr.resume()
    thread.on('message', (answer: ReaderAnswer) => {
      const settle = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) thread.unref()
      if ('words' in answer) settle?.resolve(answer.words)
      else settle?.reject(answer.isPicture ? new UnreadablePicture(answer.problem) : new Error(answer.problem))
    })
    thread.once('error', cause => fail(new Error(`the screen reader broke down: ${String(cause)}`, { cause })))
    return thread
  }

  function fail(problem: Error): void {
    worker = undefined
    const all = [...waiting.values()]
    waiting.clear()
    for (const settle of all) settle.reject(problem)
  }

  return {
    async read(jpeg, signal) {
      signal.throwIfAborted()
      if (isClosed) throw new Error('the screen reader is closed')
      if (waiting.size >= MOST_WAITING) throw new Error(`${MOST_WAITING} pictures wait to be read already`)
      const settle = Promise.withResolvers<readonly SeenWord[]>()
      const job: ReaderJob = { id: ++jobs, jpeg }
      waiting.set(job.id, settle)
      worker ??= start()
      worker.ref()
      worker.postMessage(job)
      return orAborted(settle.promise, signal)
    },
    async close() {
      isClosed = true
      const thread = worker
      fail(new Error('the screen reader is closed'))
      await thread?.terminate()
    },
  }
}
