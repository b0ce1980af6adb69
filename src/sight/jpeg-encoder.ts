import { Worker } from 'node:worker_threads'
import { orAborted } from '../conversation/scope.ts'
import type { I420Picture } from './grey-copy.ts'

/** Larger pictures are handed over to the thread instead of copied: to copy 8K would hold up the event loop for 40 ms. */
const MOST_COPIED_BYTES = 16_000_000
/** More pictures are not taken: of one call there are two at most. */
const MOST_WAITING = 100

/** Makes JPEGs of raw pictures in a thread of its own; one for all calls. */
export interface JpegEncoder {
  /**
   * A JPEG of at most 1,280 × 2,560 pixels. The data of a picture over 16 MB is gone afterwards. Rejects when the picture cannot be encoded, when 100 others wait, or on abort.
   */
  encode(picture: I420Picture, signal: AbortSignal): Promise<Uint8Array>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

/** What the thread is asked. */
export interface JpegJob {
  readonly id: number
  readonly picture: I420Picture
}

/** What the thread answers. */
export type JpegAnswer =
  | { readonly id: number; readonly jpeg: Uint8Array }
  | { readonly id: number; readonly problem: string }

/** The thread starts with the first picture. An idle one does not keep the process alive. */
export function openJpegEncoder(): JpegEncoder {
  const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>()
  let jobs = 0
  let worker: Worker | undefined
  let isClosed = false

  function start(): Worker {
    const thread = new Worker(new URL('./jpeg-worker.ts', import.meta.url))
    thread.on('message', (answer: JpegAnswer) => {
      const settle = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (waiting.size === 0) thread.unref()
      if ('jpeg' in answer) settle?.resolve(answer.jpeg)
      else settle?.reject(new Error(`the picture cannot be encoded: ${answer.problem}`))
    })
    thread.once('error', cause => fail(new Error(`the JPEG encoder broke down: ${String(cause)}`, { cause })))
    return thread
  }

  function fail(problem: Error): void {
    worker = undefined
    const all = [...waiting.values()]
    waiting.clear()
    for (const settle of all) settle.reject(problem)
  }

  return {
    async encode(picture, signal) {
      signal.throwIfAborted()
      if (isClosed) throw new Error('the JPEG encoder is closed')
      if (waiting.size >= MOST_WAITING) throw new Error(`${MOST_WAITING} pictures wait to be encoded already`)
      const settle = Promise.withResolvers<Uint8Array>()
      const job: JpegJob = { id: ++jobs, picture }
      worker ??= start()
      worker.postMessage(job, memoryToGive(picture.data))
      waiting.set(job.id, settle)
      worker.ref()
      return orAborted(settle.promise, signal)
    },
    async close() {
      isClosed = true
      const thread = worker
      fail(new Error('the JPEG encoder is closed'))
      await thread?.terminate()
    },
  }
}

const memoryToGive = ({ buffer, length }: Uint8Array): readonly ArrayBuffer[] =>
  length > MOST_COPIED_BYTES && buffer instanceof ArrayBuffer && length === buffer.byteLength ? [buffer] : []
