import { Queue } from '../../src/conversation/queue.ts'
import { orAborted } from '../../src/conversation/scope.ts'

/** A stream that a test feeds. `open` counts its readers, so that a test can find a leak. */
export class Scripted<T> {
  open = 0
  #queue = new Queue<T>(1_000)

  push(item: T): void {
    this.#queue.push(item)
  }

  fail(error: unknown): void {
    this.#queue.fail(error)
  }

  end(): void {
    this.#queue.close()
  }

  /** Yields what is pushed from now on. Rejects on abort. */
  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    const queue = new Queue<T>(1_000)
    this.#queue = queue
    const stop = (): void => queue.fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    this.open++
    try {
      signal.throwIfAborted()
      yield* queue
    } finally {
      this.open--
      signal.removeEventListener('abort', stop)
    }
  }
}

/** Yields `items`, and ends as soon as the signal aborts, even if nothing comes. */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const reading = items[Symbol.asyncIterator]()
  try {
    while (true) {
      const next = await orAborted(reading.next(), signal)
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
