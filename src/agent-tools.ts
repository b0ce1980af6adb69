import { InMemoryTransport } from '@modelcontextprotocol/client'
import type { Logger } from 'pino'
import { type Agents, openAgents } from './agents/agents.ts'
import { agentsWithKnowledge } from './agents/agents-with-knowledge.ts'
import type { AgentCall, AgentDefinition } from './agents/author/agent.ts'
import { checkAvatars } from './agents/author/check-avatars.ts'
import { agentLife } from './agents/author/life.ts'
import { BUILT_IN, receptionist } from './agents/built-in.ts'
import { toolSettingsOf } from './agents/tool-settings-of.ts'
import { type AgentToolsParts as ToolsOfAgentsParts, toolsOfAgents } from './agents/tools-of-agents.ts'
import { type LifeOnLine, withSounds } from './channels/sounds/life-with-sounds.ts'
import { openSounds } from './channels/sounds/open-sounds.ts'
import type { WaitingSounds } from './channels/sounds/waiting-sound.ts'
import type { Settings } from './config.ts'
import { type Agent, ownWords } from './conversation/agent.ts'
import type { Clock, ToolContext, ToolSet } from './conversation/ports.ts'
import { fillerIn } from './conversation/reply/filler.ts'
import { scopeOf } from './conversation/scope.ts'
import type { Policy } from './conversation/turn/turn.ts'
import { SEARCH } from './knowledge/for-call.ts'
import type { Knowledge, OpenKnowledgeParts } from './knowledge/open-knowledge.ts'
import { knowledgeFiller } from './knowledge/told.ts'
import { withLanguages } from './languages/language-tool.ts'
import { MEMORY_TOOLS } from './memory/memory-tools.ts'
import { CHANGE_SPEED } from './pace/pace.ts'
import { soundsAs } from './phrases.ts'
import { policyFor } from './policy.ts'
import { seeded } from './sandbox/chance.ts'
import { sandboxTools } from './sandbox/tools.ts'
import { OFFER } from './sight/offer-screen.ts'
import { LOOK } from './sight/with-screen.ts'
import { naming } from './start-error.ts'
import { loggedFailures } from './tasks/failures.ts'
import type { TaskStore } from './tasks/store/store.ts'
import { taskServer } from './tasks/tools/mcp.ts'
import { type InsideServer, openMcpTools } from './tools/mcp-tools.ts'
import { readToolSettings, toolSettings } from './tools/settings/tool-settings.ts'

/** The agents of a server, and their tools. */
export interface AgentsWithTools {
  /** The one that answers where nothing chooses another one, in the first language of the line. */
  readonly agent: Agent
  /** All, each in all languages of the line. */
  readonly agents: readonly Agent[]
  /** Those of a call that begins with this one; the first greets. */
  readonly ofCall: Agents['ofCall']
  readonly legs: Agents['legs']
  /** The name of the one that answers a number. */
  readonly at: Agents['at']
  /** What the author of the agent of this name wants of its memory. */
  readonly memoryOf: (agent: string) => AgentDefinition['memory']
  /** A caller may have the agent of this name speak more slowly or faster. */
  readonly speedByCaller: (agent: string) => boolean
  /** How turns are taken in a call that begins with this agent. */
  readonly policyOf: (agent: string, policy: Policy) => Policy
  /** The avatar that its author wants for the agent of this name. */
  readonly avatarOf: (agent: string) => AgentDefinition['avatar']
  readonly tools: ToolSet
  /** What the agents of a call do as they take it and leave it. */
  /** The telephone numbers that agents answer. */
  readonly numbers: readonly string[]
  readonly lifeOf: (call: AgentCall) => LifeOnLine
  /** What callers hear who wait for a place. */
  readonly waiting: WaitingSounds
  /** The documents of those that look things up in some; undefined where none does. */
  readonly knowledge: Knowledge | undefined
  /** One of them uses the Task Manager's tools. */
  readonly keepsTasks: boolean
  /** What may be said in a language and a voice without asking a model: the agents' own words, and those while a tool runs. */
  readonly wordsIn: (language: string, own: Parameters<typeof soundsAs>[0]) => readonly string[]
  close(): Promise<void>
}

export interface AgentToolsParts {
  readonly settings: Pick<
    Settings,
    'AGENT' | 'PARTYLINE_AGENTS' | 'LANGUAGE' | 'LANGUAGES' | 'TOOLS_FILE' | 'TIME_ZONE' | 'AVATAR_URL'
  >
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  readonly tasks: TaskStore
  /** Where documents are; without it no agent has any. */
  readonly documents?: Pick<OpenKnowledgeParts, 'database' | 'network' | 'modelsDir'>
  /** A call is run again: no server of tools is reached. */
  readonly isReplay?: boolean
  /** Files that were read before are read anew in another one. */
  readonly version?: string | undefined
  /** See FunctionLinkParts. */
  readonly ringBeside?: ToolsOfAgentsParts['ringBeside']
  /** What the model of a call is told of who is rung beside it. */
  readonly ofRinging?: (callId: string) => string | undefined
  /** See McpToolsParts. */
  readonly traceparentOf?: ((context: ToolContext) => string) | undefined
}

const TASKS = 'tasks'
/** Those that a call may add to its agents'. */
export const OWN_TOOLS = [LOOK, OFFER, SEARCH, CHANGE_SPEED, ...MEMORY_TOOLS] as const
const LOADED_WITHIN_MS = 20_000

/**
 * Opens the agents of the settings with their tools. Throws AgentFileError when an agent's file cannot be used, and
 * ToolSettingsError when the tools file is invalid.
 */
export async function openAgentTools(parts: AgentToolsParts, signal: AbortSignal): Promise<AgentsWithTools> {
  const { settings, clock, log } = parts
  const loading = scopeOf(signal)
  const late = () =>
    loading.abort(new Error('it is not loaded after 20 s: what it awaits belongs into onEnter, or a tool'))
  clock.sleep(LOADED_WITHIN_MS, loading.signal).then(late, () => undefined)
  const opened = await naming('PARTYLINE_AGENTS', () =>
    openAgents(settings, process.cwd(), parts.version, loading.signal),
  ).finally(() => loading.abort(new Error('the agents are loaded')))
  const { definitions, first, all: agents } = opened
  checkAvatars(definitions, settings.AVATAR_URL)
  const inside = [tasksInside(parts)]
  const names = [...definitions, ...BUILT_IN].map(({ name }) => name)
  const builtIn = {
    settings: { ...toolSettingsOf(definitions), ...(parts.isReplay && { servers: {} }) },
    servers: [TASKS],
    agents: [...new Set(names)],
  }
  const policies =
    settings.TOOLS_FILE === undefined
      ? toolSettings({}, parts.environment, 'the agents', builtIn)
      : await readToolSettings(settings.TOOLS_FILE, parts.environment, builtIn)
  const chance = seeded(clock.wallTime().getTime() % 2_147_483_647)
  const mcp = await openMcpTools(policies, { clock, chance, log, inside, traceparentOf: parts.traceparentOf }, signal)
  const ofSandbox = !settings.PARTYLINE_AGENTS && first === receptionist.name ? [sandboxTools(clock, seeded(1))] : []
  const [agent] = opened.ofCall(first)
  // A line of an interpreter has one language.
  const codes = [...new Set(agents.filter(({ name }) => !opened.legs.has(name)).map(({ language }) => language))]
  const tools = withLanguages(
    toolsOfAgents(opened, {
      clock,
      log,
      ringBeside: parts.ringBeside,
      others: name => [...ofSandbox, mcp.forAgent(name)],
    }),
    codes,
  )
  const knowing = agentsWithKnowledge(definitions)
  const knowledge = await naming('EMBEDDINGS_MODEL', async () => {
    if (!parts.documents || knowing.size === 0) return undefined
    const { openKnowledge } = await import('./knowledge/open-knowledge.ts')
    return openKnowledge({ ...parts, ...parts.documents, agents: knowing }, signal)
  })
  const usedTools = new Set([...policies.agents.values()].flat())
  const wordsIn: AgentsWithTools['wordsIn'] = (language, own) => [
    ...agents
      .filter(one => one.language.code === language && soundsAs(one) === soundsAs(own))
      .flatMap(one => ownWords(one, codes.length < 2)),
    ...tools.specs.flatMap(spec => fillerIn(spec, language) ?? []),
    ...(knowledge ? [knowledgeFiller(language)] : []),
    ...[...usedTools].flatMap(name => fillerIn(policies.tools.get(name) ?? {}, language) ?? []),
  ]
  const sounds = await naming('PARTYLINE_AGENTS', () => openSounds(definitions, () => seeded(4)))
  const keepsTasks = definitions.some(({ mcpTools = {} }) => 'list_tasks' in mcpTools)
  const { ofCall, at, legs } = opened
  const policyOf = (name: string, policy: Policy): Policy =>
    policyFor(definitions.find(one => one.name === name) ?? {}, policy)
  return {
    agent,
    agents,
    ...{ ofCall, at, legs, numbers: definitions.flatMap(({ numbers = [] }) => numbers) },
    policyOf,
    speedByCaller(name) {
      const voice = definitions.find(one => one.name === name)?.voice
      return typeof voice === 'object' && voice.speedByCaller === true
    },
    memoryOf: name => definitions.find(one => one.name === name)?.memory,
    avatarOf: name => definitions.find(one => one.name === name)?.avatar,
    tools,
    knowledge,
    lifeOf(call) {
      const life = withSounds(agentLife(definitions, call, { clock, log }), sounds.behind)
      const context = () => [life.context(), parts.ofRinging?.(call.callId)].filter(Boolean).join('\n\n') || undefined
      return { ...life, context }
    },
    waiting: sounds.waiting,
    keepsTasks,
    wordsIn: (...of) => [...new Set(wordsIn(...of))],
    async close() {
      await mcp.close()
      await knowledge?.close()
    },
  }
}

/** The Task Manager, bound to the owner of each call. */
function tasksInside({ settings, clock, log, tasks: store }: AgentToolsParts): InsideServer {
  const onError = loggedFailures(log)
  return {
    name: TASKS,
    connect({ owner }) {
      const [near, far] = InMemoryTransport.createLinkedPair()
      const server = taskServer({ store, clock, ownerOf: () => ({ owner, zone: settings.TIME_ZONE }), onError })
      server.connect(far).catch(() => near.close())
      return near
    },
  }
}
