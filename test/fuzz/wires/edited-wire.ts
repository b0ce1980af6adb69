import { Duplex } from 'node:stream'
import type { MemoryNetwork } from '../../whole-call/memory-network.ts'
import type { EditedSession } from '../mutation/session.ts'
import { framingOf } from './framing.ts'

/** What servers send over a network in memory is edited by the session of the moment, if there is one; not what `spares` do. */
export function editedWire({ agent }: Pick<MemoryNetwork, 'agent'>, spares: readonly string[] = []) {
  let session: EditedSession | undefined
  if (!agent) throw new Error('the network has no agent')
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...given) => {
    const near = connect(...given)
    if (!(near instanceof Duplex)) throw new Error('no connection in memory')
    if (!session || spares.includes(String(given[0].host))) return near
    const push = near.push.bind(near)
    const framing = framingOf(session)
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
      session = now
    },
  }
}
