import type { Agent } from '../conversation/agent.ts'
import type { Delivers } from '../conversation/delivery.ts'

interface Wanting extends Pick<Agent, 'name' | 'voice' | 'delivery' | 'expressive' | 'tellsSpeakers'> {}

interface Able {
  readonly deliversOf: (agent: Wanting) => readonly Delivers[]
  readonly tellsSpeakers: boolean
}

/** What agents want of their voices and of the ears, and these cannot do, in words for the log: it is left out. */
export function undelivered(
  agents: readonly Wanting[],
  speedByCaller: (agent: string) => boolean,
  { deliversOf, tellsSpeakers }: Able,
): readonly string[] {
  const lines = agents.flatMap(agent => {
    const can = deliversOf(agent)
    const wantsSpeed = agent.delivery?.speed !== undefined || speedByCaller(agent.name)
    const wantsManner = agent.delivery?.manner !== undefined || agent.expressive === true
    const lacking = [
      ...(wantsSpeed && !can.includes('speed') ? ['speed'] : []),
      ...(wantsManner && !can.includes('manner') ? ['manner'] : []),
    ]
    const what = lacking.join(' and ')
    return [
      ...(what === '' ? [] : [`the voice of the agent ${agent.name} cannot change its ${what}: that is left out`]),
      ...(agent.tellsSpeakers && !tellsSpeakers
        ? [`the ears cannot tell who speaks, as the agent ${agent.name} wants: that is left out`]
        : []),
    ]
  })
  return [...new Set(lines)]
}
