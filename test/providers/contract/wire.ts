import { Duplex } from 'node:stream'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'

const FIRST_PIECE = 64 * 1024

/** What a test may do to the connections of a network in memory, on their way from the server. */
export interface Wire {
  /** Begins a message of so many bytes on each of them: a WebSocket's frame, or a chunk of a response's body. */
  flood(bytes: number): void
}

/** Cuts what the servers send into pieces of `pieceBytes`. */
export function wireOf({ agent }: MemoryNetwork, pieceBytes: number | undefined): Wire {
  const floods = new Set<(bytes: number) => void>()
  if (!agent) throw new Error('the network has no agent')
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const near = connect(...given)
    if (!(near instanceof Duplex)) throw new Error('no connection')
    const push = near.push.bind(near)
    let isSocket: boolean | undefined
    near.push = (chunk: Buffer | null): boolean => {
      if (chunk === null) return push(null)
      isSocket ??= chunk.toString('latin1', 0, 12) === 'HTTP/1.1 101'
      if (pieceBytes === undefined) return push(chunk)
      let goesOn = true
      for (let at = 0; at < chunk.length; at += pieceBytes) goesOn = push(chunk.subarray(at, at + pieceBytes))
      return goesOn
    }
    const flood = (bytes: number): void => {
      if (isSocket === undefined || near.destroyed) return
      for (const piece of isSocket ? socketFlood(bytes) : bodyFlood(bytes)) push(piece)
    }
    floods.add(flood)
    near.once('close', () => floods.delete(flood))
    return near
  }
  return {
    flood(bytes) {
      for (const flood of floods) flood(bytes)
    },
  }
}

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
