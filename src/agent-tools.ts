import { InMemoryTransport } from '@modelcontextprotocol/client'
import type { Logger } from 'pino'
import { receptionist } from './agents/receptionist.ts'
import { taskManager } from './agents/task-manager.ts'
import { TASK_TOOLS } from './agents/task-tools.ts'
import type { Settings } from './config.ts'
import type { Agent } from './conversation/agent.ts'
import type { Clock, ToolSet } from './conversation/ports.ts'
import { seeded } from './sandbox/chance.ts'
import { sandboxTools } from './sandbox/tools.ts'
import type { TaskStore } from './tasks/store/store.ts'
import { taskServer } from './tasks/tools/mcp.ts'
import { type InsideServer, openMcpTools } from './tools/mcp-tools.ts'
import { readToolSettings, toolSettings } from './tools/settings/tool-settings.ts'

/** The agent that answers, and its tools. */
export interface AgentWithTools {
  readonly agent: Agent
  readonly tools: ToolSet
  /** What may be said while a tool runs. */
  readonly fillers: readonly string[]
  close(): Promise<void>
}

export interface AgentToolsParts {
  readonly settings: Pick<Settings, 'AGENT' | 'TOOLS_FILE' | 'TIME_ZONE'>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  readonly tasks: TaskStore
}

/** Opens the agent of the settings with its tools. Throws ToolSettingsError when the tools file is invalid. */
export async function openAgentTools(parts: AgentToolsParts, signal: AbortSignal): Promise<AgentWithTools> {
  const { settings, clock, log } = parts
  if (settings.AGENT === 'receptionist') {
    const tools = sandboxTools(clock, seeded(1))
    const fillers = tools.specs.flatMap(({ filler }) => filler ?? [])
    return { agent: receptionist, tools, fillers, close: async () => undefined }
  }
  const agent = taskManager
  const inside = [tasksInside(parts)]
  const servers = inside.map(({ name }) => name)
  const builtIn = { settings: TASK_TOOLS, servers, agents: [taskManager.name, receptionist.name] }
  const policies =
    settings.TOOLS_FILE === undefined
      ? toolSettings({}, parts.environment, 'the built-in tools', builtIn)
      : await readToolSettings(settings.TOOLS_FILE, parts.environment, builtIn)
  const chance = seeded(clock.wallTime().getTime() % 2_147_483_647)
  const all = await openMcpTools(policies, { clock, chance, log, inside }, signal)
  const allowed = policies.agents.get(agent.name) ?? []
  const fillers = allowed.flatMap(name => policies.tools.get(name)?.filler ?? [])
  return { agent, tools: all.forAgent(agent.name), fillers, close: all.close }
}

/** The Task Manager, bound to the owner of each call. */
function tasksInside({ settings, clock, log, tasks: store }: AgentToolsParts): InsideServer {
  const onError = (error: unknown): void => log.error({ err: error }, 'the Task Manager failed')
  return {
    name: 'tasks',
    connect({ owner }) {
      const [near, far] = InMemoryTransport.createLinkedPair()
      const server = taskServer({ store, clock, ownerOf: () => ({ owner, zone: settings.TIME_ZONE }), onError })
      server.connect(far).catch(() => near.close())
      return near
    },
  }
}
