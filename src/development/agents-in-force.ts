import type { AgentsWithTools } from '../agent-tools.ts'
import type { OpenCall } from '../channels/call-host.ts'

/** The agents that new calls are held with. Others can take their place; a call keeps those it began with. */
export interface AgentsInForce {
  readonly now: () => AgentsWithTools
  /** Opens a call with the agents of now; these are closed when nobody holds a call with them and others are in force. */
  holding(open: (agents: AgentsWithTools) => Promise<OpenCall>): Promise<OpenCall>
  /** Puts others in their place. When these cannot be opened, it rejects, and nothing has changed. */
  replace(open: () => Promise<AgentsWithTools>): Promise<AgentsWithTools>
  close(): Promise<void>
}

export function agentsInForce(first: AgentsWithTools): AgentsInForce {
  let current = first
  /** How many calls each set holds. */
  const held = new Map<AgentsWithTools, number>([[first, 0]])

  async function leave(agents: AgentsWithTools, calls: number): Promise<void> {
    const left = (held.get(agents) ?? 0) - calls
    if (!held.has(agents)) return
    held.set(agents, left)
    if (left > 0 || agents === current) return
    held.delete(agents)
    await agents.close()
  }

  return {
    now: () => current,
    async holding(open) {
      const agents = current
      held.set(agents, (held.get(agents) ?? 0) + 1)
      try {
        const call = await open(agents)
        return { ...call, hold: (line, signal) => call.hold(line, signal).finally(() => leave(agents, 1)) }
      } catch (error) {
        await leave(agents, 1)
        throw error
      }
    },
    async replace(open) {
      const next = await open()
      const before = current
      current = next
      held.set(next, 0)
      await leave(before, 0)
      return next
    },
    async close() {
      await Promise.all([...held.keys()].map(agents => agents.close()))
    },
  }
}
