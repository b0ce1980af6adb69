import { Duplex } from 'node:stream'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'

const FIRST_PIECE = 64 * 1024

/** What a test may do to the connections of a network in memory, on their way from the server. False where none is open. */
export interface Wire {
  /** Begins a message of so many bytes on each of them: a WebSocket's frame, or a chunk of a response's body. */
  flood(bytes: number): boolean
  /** Ends each of them in good order. */
  endEarly(): boolean
}

/** What a server began to send. Messages of other wires, such as HTTP/2, are not made here. */
type Kind = 'unknown' | 'socket' | 'body' | 'other'
const kindOf = (start: string): Kind =>
  start === 'HTTP/1.1 101' ? 'socket' : start.startsWith('HTTP/1.1') ? 'body' : 'other'

interface Ends {
  readonly flood: (bytes: number) => boolean
  readonly end: () => boolean
}

/** Cuts what the servers send into pieces of `pieceBytes`. */
export function wireOf({ agent }: MemoryNetwork, pieceBytes: number | undefined): Wire {
  const open = new Set<Ends>()
  if (!agent) throw new Error('the network has no agent')
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const near = duplex(connect(...given))
    const push = near.push.bind(near)
    let kind: Kind = 'unknown'
    let isCut = false
    near.push = (chunk: Buffer | null): boolean => {
      if (chunk === null) return push(null)
      if (isCut) return true
      if (kind === 'unknown') kind = kindOf(chunk.toString('latin1', 0, 12))
      if (pieceBytes === undefined) return push(chunk)
      let goesOn = true
      for (let at = 0; at < chunk.length; at += pieceBytes) goesOn = push(chunk.subarray(at, at + pieceBytes))
      return goesOn
    }
    function send(pieces: readonly Buffer[]): boolean {
      if (kind === 'unknown' || kind === 'other' || near.destroyed) return false
      // What the server still sends would end up in the middle of it.
      isCut = true
      for (const piece of pieces) push(piece)
      return true
    }
    const ends = {
      flood: (bytes: number) => send(kind === 'socket' ? socketFlood(bytes) : bodyFlood(bytes)),
      end: () => send(kind === 'socket' ? [CLOSE_FRAME] : [LAST_CHUNK]),
    }
    open.add(ends)
    near.once('close', () => open.delete(ends))
    return near
  }
  const each = (act: (one: Ends) => boolean): boolean => [...open].map(act).includes(true)
  return { flood: bytes => each(one => one.flood(bytes)), endEarly: () => each(one => one.end()) }
}

function duplex(connection: unknown): Duplex {
  if (!(connection instanceof Duplex)) throw new Error('no connection in memory')
  return connection
}

/** A WebSocket is closed with code 1000. */
const CLOSE_FRAME = Buffer.from([0x88, 2, 0x03, 0xe8])
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** The head of a text frame that says how long it is, and its beginning. */
function socketFlood(bytes: number): readonly Buffer[] {
  const head = Buffer.alloc(10)
  head[0] = 0x81
  head[1] = 127
  head.writeBigUInt64BE(BigInt(bytes), 2)
  return [head, Buffer.alloc(FIRST_PIECE, 'x')]
}

const bodyFlood = (bytes: number): readonly Buffer[] => [
  Buffer.from(`${bytes.toString(16)}\r\n`),
  Buffer.from('data: {"x":"'.padEnd(bytes, 'x')),
  Buffer.from('\r\n'),
]
