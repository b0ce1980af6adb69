/**
 * A bounded queue between one writer and one reader. When it is full it drops the oldest item and calls `onDrop`,
 * because a phone line cannot wait.
 */
export class Queue<T> implements AsyncIterable<T> {
  #items: T[] = []
  #closed = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  readonly #limit: number
  readonly #onDrop: (() => void) | undefined

  constructor(limit: number, onDrop?: () => void) {
    this.#limit = limit
    this.#onDrop = onDrop
  }

  /** The next item drops one. */
  get isFull(): boolean {
    return this.#items.length >= this.#limit
  }

  push(item: T): void {
    if (this.#closed) return
    if (this.isFull) {
      this.#items.shift()
      this.#onDrop?.()
    }
    this.#items.push(item)
    this.#wake?.()
  }

  /** The reader gets the items in the queue, then the end. */
  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The reader gets the items in the queue, then the error. */
  fail(error: unknown): void {
    if (this.#closed) return
    this.#failure = { error }
    this.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      const item = this.#items.shift()
      if (item !== undefined) yield item
      else if (this.#failure) throw this.#failure.error
      else if (this.#closed) return
      else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    }
  }
}
