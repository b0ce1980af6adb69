import type { Clock, ToolSet } from '../conversation/ports.ts'
import type { ToolLog } from '../tools/running/tool-log.ts'
import type { Agents } from './agents.ts'
import { type FunctionToolsParts, functionTools } from './author/function-tools.ts'
import { withHandOffs } from './author/hand-off-tools.ts'
import { toolsOf } from './tools-together.ts'

export interface AgentToolsParts extends Pick<FunctionToolsParts, 'ringBeside'> {
  readonly clock: Clock
  readonly log: ToolLog
  /** The tools of MCP servers that an agent may use, and those that it has besides. */
  readonly others: (agent: string) => readonly ToolSet[]
}

/** The tools of all agents as one set: what an agent may call is marked with its name where there are several. */
export function toolsOfAgents({ definitions }: Agents, { clock, log, others, ringBeside }: AgentToolsParts): ToolSet {
  const isAgent = (name: string): boolean => definitions.some(one => one.name === name)
  const byName = new Map(
    definitions.map(definition => {
      const own = functionTools(definition, { clock, log, isAgent, ringBeside })
      return [definition.name, withHandOffs(toolsOf([own, ...others(definition.name)]), definition)]
    }),
  )
  const [alone, ...more] = byName.values()
  if (alone && more.length === 0) return alone
  return {
    get specs() {
      return [...byName].flatMap(([agent, { specs }]) => specs.map(spec => ({ ...spec, agents: [agent] })))
    },
    async run(call, context, signal) {
      const tools = byName.get(context.agent)
      if (!tools) return { kind: 'done', text: `There is no tool ${call.name}.` }
      return tools.run(call, context, signal)
    },
    remember(callId, made) {
      for (const [name, tools] of byName)
        tools.remember?.(
          callId,
          made.filter(({ agent }) => agent === name),
        )
    },
  }
}
