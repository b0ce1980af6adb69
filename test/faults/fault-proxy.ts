import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { systemClock as clock } from '../../src/clock.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { Certificate } from './certificate.ts'

/**
 * What happens to a connection, once `after` more bytes of the answer have gone through it. `drop` closes it, `reset` sends
 * an RST, `half-open` passes nothing on any more either way and closes nothing, `garbage` puts bytes in that belong to
 * nothing, `delay` holds each piece back, `throttle` lets so many bytes a second through, both ways.
 */
export type WireFault =
  | { readonly kind: 'drop' | 'reset' | 'half-open' | 'garbage' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'throttle'; readonly bytesPerS: number }
  /** New connections alone: their beginning, such as the handshake, gets no byte for so long. */
  | { readonly kind: 'slow-tls'; readonly ms: number }

export interface FaultProxyOptions {
  /** Where it passes on to: a port at 127.0.0.1, or a Unix socket. */
  readonly to: number | string
  /** With one it speaks TLS to who connects. */
  readonly certificate?: Certificate
  /** Draws after how many bytes a fault strikes, and the garbage. */
  readonly seed: number
}

/** A proxy between a server and another, whose connections go wrong when a test says so. */
export interface FaultProxy {
  readonly port: number
  /** From now on so many connections, open or new, get this fault at a byte of their next answer. */
  strike(fault: WireFault, times: number): void
  /** How many connections were struck. */
  readonly struck: () => number
  /** Connections that were struck and are open. */
  readonly struckOpen: () => number
  close(): Promise<void>
}

const MOST_BYTES_BEFORE = 200

interface Pair {
  readonly near: Socket
  readonly far: Socket
  /** Bytes of the answer that still pass before the fault strikes; undefined where none is due. */
  left: number | undefined
  fault: WireFault | undefined
}

/** Opens one on a free port of the loopback. */
export async function openFaultProxy({ to, certificate, seed }: FaultProxyOptions): Promise<FaultProxy> {
  const chance = seeded(seed)
  const pairs = new Set<Pair>()
  const sockets = new Set<Socket>()
  const closing = new AbortController()
  let fault: WireFault | undefined
  let left = 0
  let struck = 0

  const inner = certificate && tlsServer(certificate)
  /** A plain server takes the connection, so that its beginning can be held up; TLS is laid over it. */
  const server: Server = createServer({ pauseOnConnect: true }, raw => {
    keep(raw)
    const begin = (): void => {
      if (raw.destroyed) return
      if (inner) inner.emit('connection', raw)
      else accept(raw)
    }
    if (fault?.kind !== 'slow-tls' || left === 0) return begin()
    left--
    struck++
    clock.sleep(fault.ms, closing.signal).then(begin, () => undefined)
  })

  function tlsServer(own: Certificate): Server {
    const tls = createTlsServer({ ...own, ALPNProtocols: ['http/1.1'] }, (socket: TLSSocket) => accept(socket))
    return tls.on('tlsClientError', (_, socket) => socket.destroy())
  }

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }

  function accept(near: Socket): void {
    const far = typeof to === 'string' ? connect(to) : connect({ port: to, host: '127.0.0.1' })
    if (inner) keep(near)
    keep(far)
    near.setNoDelay(true)
    far.setNoDelay(true)
    const pair: Pair = { near, far, left: undefined, fault: undefined }
    pairs.add(pair)
    arm(pair)
    near.on('data', bytes => pass(pair, near, far, bytes))
    far.on('data', bytes => answer(pair, bytes))
    const leave = (other: Socket): void => {
      pairs.delete(pair)
      // Half open: the other side is not told.
      if (pair.fault?.kind !== 'half-open') other.end()
    }
    near.once('close', () => leave(far))
    far.once('close', () => leave(near))
    near.resume()
  }

  function arm(pair: Pair): void {
    if (!fault || fault.kind === 'slow-tls' || pair.fault) return
    pair.left = Math.floor(chance() * MOST_BYTES_BEFORE)
  }

  /** Bytes of the answer: the fault strikes within them. */
  function answer(pair: Pair, bytes: Buffer): void {
    if (pair.left === undefined || !fault || left === 0) return pass(pair, pair.far, pair.near, bytes)
    if (bytes.length < pair.left) {
      pair.left -= bytes.length
      return pass(pair, pair.far, pair.near, bytes)
    }
    const before = bytes.subarray(0, pair.left)
    const rest = bytes.subarray(pair.left)
    pair.left = undefined
    pair.fault = fault
    left--
    struck++
    pair.near.write(before)
    switch (fault.kind) {
      case 'drop':
        pair.near.end()
        pair.far.destroy()
        return
      case 'reset':
        // Over TLS the raw socket is below: it closes without a goodbye.
        if (certificate) pair.near.destroy()
        else pair.near.resetAndDestroy()
        pair.far.destroy()
        return
      case 'garbage':
        pair.near.write(Buffer.from(Array.from({ length: 64 }, () => Math.floor(chance() * 256))))
    }
    pass(pair, pair.far, pair.near, rest)
  }

  /** Passes bytes on as the pair's fault has it, in their order. */
  function pass(pair: Pair, from: Socket, to: Socket, bytes: Buffer): void {
    const { fault: struckBy } = pair
    switch (struckBy?.kind) {
      case 'half-open':
        return
      case 'delay':
        return later(struckBy.ms, () => to.write(bytes))
      case 'throttle':
        from.pause()
        to.write(bytes)
        return later((bytes.length / struckBy.bytesPerS) * 1_000, () => from.resume())
    }
    if (to.writable && !to.write(bytes)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  }

  function later(ms: number, act: () => void): void {
    clock.sleep(ms, closing.signal).then(act, () => undefined)
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    strike(some, times) {
      fault = some
      left = times
      for (const pair of pairs) arm(pair)
    },
    struck: () => struck,
    struckOpen: () => [...pairs].filter(({ fault: by }) => by !== undefined).length,
    async close() {
      closing.abort(new Error('the proxy is closed'))
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
