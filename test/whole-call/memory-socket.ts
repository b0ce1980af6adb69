import { Duplex } from 'node:stream'

/**
 * One end of a connection within this process, with what HTTP and WebSocket code asks of a TCP socket. What one end
 * sends reaches the other in a later turn of the event loop, as it would over a network.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 443
  readonly connecting = false
  #peer: MemorySocket | undefined
  /** The peer's write that waits until this end reads on. */
  #sent: (() => void) | undefined

  constructor() {
    super({ allowHalfOpen: false })
  }

  /** Two ends of one connection. */
  static pair(): readonly [MemorySocket, MemorySocket] {
    const [one, other] = [new MemorySocket(), new MemorySocket()]
    one.#peer = other
    other.#peer = one
    return [one, other]
  }

  override _read(): void {
    const sent = this.#sent
    this.#sent = undefined
    sent?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, sent: () => void): void {
    setImmediate(() => {
      const peer = this.#peer
      if (!peer || peer.destroyed || peer.readableEnded || peer.push(chunk)) sent()
      else peer.#sent = sent
    })
  }

  override _final(done: () => void): void {
    setImmediate(() => this.#peer?.push(null))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read()
    setImmediate(() => {
      if (this.#peer?.destroyed === false && !this.#peer.readableEnded) this.#peer.push(null)
    })
    done(error)
  }

  /** The connection breaks: the peer sees a reset. */
  resetAndDestroy(): void {
    const peer = this.#peer
    setImmediate(() => peer?.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })))
    this.destroy()
  }

  setTimeout(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}
