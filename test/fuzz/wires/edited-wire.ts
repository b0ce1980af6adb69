import { Duplex } from 'node:stream'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'
import type { EditedSession } from '../mutation/session.ts'
import { framingOf } from './framing.ts'

/** Makes the session of one connection, of which `asked` gives what the client has sent last. */
export type SessionOf = (asked: () => string) => EditedSession

const MOST_ASKED = 20_000

/** What servers send over a network in memory is edited by the session of the moment, if there is one; not what `spares` do. */
export function editedWire({ agent }: Pick<MemoryNetwork, 'agent'>, spares: readonly string[] = []) {
  let sessionOf: SessionOf | undefined
  if (!agent) throw new Error('the network has no agent')
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const near = connect(...given)
    if (!(near instanceof Duplex)) throw new Error('no connection in memory')
    if (!sessionOf || spares.includes(String(given[0].host))) return near
    const push = near.push.bind(near)
    let asked = ''
    const write = near._write.bind(near)
    near._write = (bytes: Buffer, ...rest) => {
      asked = (asked + bytes.toString('utf8')).slice(-MOST_ASKED)
      write(bytes, ...rest)
    }
    const framing = framingOf(sessionOf(() => asked))
    let isOver = false
    near.push = (bytes: Buffer | null): boolean => {
      if (isOver) return true
      if (bytes === null) return push(null)
      const edited = framing.push(bytes)
      let goesOn = true
      for (const piece of edited.bytes) goesOn = push(piece)
      if (edited.ends) {
        isOver = true
        push(null)
      }
      return goesOn
    }
    return near
  }
  return {
    /** From now on connections are opened to be edited by it. */
    edits(now: EditedSession | undefined): void {
      sessionOf = now && (() => now)
    },
    /** The same with a session for each connection. */
    editsEach(of: SessionOf): void {
      sessionOf = of
    },
  }
}
