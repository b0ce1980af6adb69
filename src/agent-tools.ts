import { InMemoryTransport } from '@modelcontextprotocol/client'
import type { Logger } from 'pino'
import { agentIn } from './agents/agents.ts'
import { receptionist } from './agents/receptionist.ts'
import { taskManager } from './agents/task-manager.ts'
import { TASK_TOOLS } from './agents/task-tools.ts'
import type { Settings } from './config.ts'
import { type Agent, ownWords } from './conversation/agent.ts'
import type { Clock, ToolContext, ToolSet } from './conversation/ports.ts'
import { fillerIn } from './conversation/reply/filler.ts'
import { withLanguages } from './languages/language-tool.ts'
import { seeded } from './sandbox/chance.ts'
import { sandboxTools } from './sandbox/tools.ts'
import { loggedFailures } from './tasks/failures.ts'
import type { TaskStore } from './tasks/store/store.ts'
import { taskServer } from './tasks/tools/mcp.ts'
import { type InsideServer, openMcpTools } from './tools/mcp-tools.ts'
import { readToolSettings, toolSettings } from './tools/settings/tool-settings.ts'

/** The agent that answers, and its tools. */
export interface AgentWithTools {
  readonly agent: Agent
  /** The same agent in each language of the line; the first is `agent`. */
  readonly agents: readonly Agent[]
  readonly tools: ToolSet
  /** What may be said in a language without asking a model: the agent's own words, and those while a tool runs. */
  readonly wordsIn: (language: string) => readonly string[]
  close(): Promise<void>
}

export interface AgentToolsParts {
  readonly settings: Pick<Settings, 'AGENT' | 'LANGUAGE' | 'LANGUAGES' | 'TOOLS_FILE' | 'TIME_ZONE'>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  readonly tasks: TaskStore
  /** See McpToolsParts. */
  readonly traceparentOf?: ((context: ToolContext) => string) | undefined
}

/** Opens the agent of the settings with its tools. Throws ToolSettingsError when the tools file is invalid. */
export async function openAgentTools(parts: AgentToolsParts, signal: AbortSignal): Promise<AgentWithTools> {
  const { settings, clock, log } = parts
  const agent = await agentIn(settings)
  const inside = [tasksInside(parts)]
  const servers = inside.map(({ name }) => name)
  const builtIn = { settings: TASK_TOOLS, servers, agents: [taskManager.name, receptionist.name] }
  const policies =
    settings.TOOLS_FILE === undefined
      ? toolSettings({}, parts.environment, 'the built-in tools', builtIn)
      : await readToolSettings(settings.TOOLS_FILE, parts.environment, builtIn)
  const chance = seeded(clock.wallTime().getTime() % 2_147_483_647)
  const all = await openMcpTools(policies, { clock, chance, log, inside, traceparentOf: parts.traceparentOf }, signal)
  const own = agent.name === receptionist.name ? [sandboxTools(clock, seeded(1))] : []
  const agents = await Promise.all(
    settings.LANGUAGES.map(LANGUAGE => (LANGUAGE === settings.LANGUAGE ? agent : agentIn({ ...settings, LANGUAGE }))),
  )
  const tools = withLanguages(
    toolsOf([...own, all.forAgent(agent.name)]),
    agents.map(({ language }) => language),
  )
  const allowed = policies.agents.get(agent.name) ?? []
  const ownFillers = own.flatMap(({ specs }) => specs.flatMap(({ filler }) => filler ?? []))
  const wordsIn = (language: string) => [
    ...agents.filter(one => one.language.code === language).flatMap(one => ownWords(one, agents.length === 1)),
    ...ownFillers,
    ...allowed.flatMap(name => fillerIn(policies.tools.get(name) ?? {}, language) ?? []),
  ]
  return { agent, agents, tools, wordsIn, close: all.close }
}

/** All sets as one; if two have a tool of the same name, the first of them gets it. */
function toolsOf(sets: readonly ToolSet[]): ToolSet {
  const names = ({ specs }: ToolSet): readonly string[] => specs.map(({ name }) => name)
  return {
    get specs() {
      return sets.flatMap((set, index) => {
        const taken = sets.slice(0, index).flatMap(names)
        return set.specs.filter(({ name }) => !taken.includes(name))
      })
    },
    async run(call, context, signal) {
      const found = sets.find(set => names(set).includes(call.name))
      if (found) return found.run(call, context, signal)
      const known = [...new Set(sets.flatMap(names))].join(', ') || 'none'
      return { kind: 'done', text: `There is no tool of that name. The tools are: ${known}.` }
    },
    remember(callId, made) {
      for (const set of sets) set.remember?.(callId, made)
    },
  }
}

/** The Task Manager, bound to the owner of each call. */
function tasksInside({ settings, clock, log, tasks: store }: AgentToolsParts): InsideServer {
  const onError = loggedFailures(log)
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
