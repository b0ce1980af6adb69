import type { AgentsWithTools } from '../agent-tools.ts'
import type { OpenCall } from '../channels/call-host.ts'

/** The agents that new calls are held with. Others can take their place; a call keeps those it began with. */
export interface AgentsInForce {
  readonly now: () => AgentsWithTools
  /** Opens a call with the agents of now; these are closed when nobody holds a call with them and others are in force. */
  holding(openCall: (agents: AgentsWithTools) => Promise<OpenCall>): Promise<OpenCall>
  /**
   * Puts those in their place that are on the disk now; what was read before is read anew for another version. When they cannot
   * be opened until the signal aborts, it rejects, and nothing has changed.
   */
  reload(version: string, signal: AbortSignal): Promise<AgentsWithTools>
  close(): Promise<void>
}

/** Rejects as `open` does. */
export async function agentsInForce(open: (version?: string) => Promise<AgentsWithTools>): Promise<AgentsInForce> {
  const first = await open()
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
    async holding(openCall) {
      const agents = current
      held.set(agents, (held.get(agents) ?? 0) + 1)
      try {
        const call = await openCall(agents)
        return { ...call, hold: (line, signal) => call.hold(line, signal).finally(() => leave(agents, 1)) }
      } catch (error) {
        await leave(agents, 1)
        throw error
      }
    },
    async reload(version, signal) {
      const next = await open(version)
      if (signal.aborted) {
        await next.close()
        throw signal.reason
      }
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
