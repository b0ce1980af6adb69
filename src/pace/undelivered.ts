import type { Agent } from '../conversation/agent.ts'
import type { Delivers } from '../conversation/delivery.ts'

interface Wanting extends Pick<Agent, 'name' | 'voice' | 'delivery' | 'expressive'> {}

/** What agents want of their voices and these cannot do, in words for the log: it is left out. */
export function undelivered(
  agents: readonly Wanting[],
  speedByCaller: (agent: string) => boolean,
  deliversOf: (agent: Wanting) => readonly Delivers[],
): readonly string[] {
  const lines = agents.flatMap(agent => {
    const can = deliversOf(agent)
    const wantsSpeed = agent.delivery?.speed !== undefined || speedByCaller(agent.name)
    const wantsManner = agent.delivery?.manner !== undefined || agent.expressive === true
    const lacking = [
      ...(wantsSpeed && !can.includes('speed') ? ['speed'] : []),
      ...(wantsManner && !can.includes('manner') ? ['manner'] : []),
    ]
    return lacking.length === 0
      ? []
      : [`the voice of the agent ${agent.name} cannot change its ${lacking.join(' and ')}: that is left out`]
  })
  return [...new Set(lines)]
}
