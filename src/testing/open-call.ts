import type { AgentLanguage } from '../agents/agent-languages.ts'
import { agentsFrom } from '../agents/agents.ts'
import { agentsWithKnowledge } from '../agents/agents-with-knowledge.ts'
import type { AgentDefinition } from '../agents/author/agent.ts'
import { agentLife } from '../agents/author/life.ts'
import { readAgent } from '../agents/author/read-agent.ts'
import { toolsOfAgents } from '../agents/tools-of-agents.ts'
import { type Agent, agentFor } from '../conversation/agent.ts'
import { policyFor, policyOf } from '../policy.ts'
import { openTurnEndJudge } from '../turn-end/judge.ts'
import { openCallTime } from './call-time.ts'
import type { Hearing } from './callers-voice.ts'
import { HeldCall } from './held-call.ts'
import { Line, type Until } from './line.ts'
import { noModel, type TestModel } from './test-model.ts'
import { testedDocuments } from './tested-documents.ts'
import { checkNames, type ToolsInstead, withTestedTools } from './tested-tools.ts'

/** What a call in a test is opened with. */
export interface OpenCallOptions {
  /** The agents to whom the call may be handed. */
  readonly agents?: readonly AgentDefinition[]
  readonly model?: TestModel | undefined
  /** Default: phone. */
  readonly channel?: 'phone' | 'browser'
  /** Default: the first language of the agent. */
  readonly language?: AgentLanguage
  /** The caller's number, as functions are told it as the owner. */
  readonly caller?: string
  /** Functions that run instead of tools, by the tools' names. */
  readonly tools?: ToolsInstead
  /** A folder of documents, for agents with `knowledge`, found by their words alone. */
  readonly documents?: string
  /** A person can be reached, as with the setting TRANSFER_NUMBER. Default: no. */
  readonly hasPerson?: boolean
  /** Default: listening, when the greeting is over. */
  readonly until?: Until
  /** Ends the call, and rejects what waits for it. */
  readonly signal?: AbortSignal
}

const CALLER = '+15550100199'
const EXACTLY: Hearing = { heardAs: word => word }
/** As on a server where nothing is set. */
const SETTINGS = { PATIENCE: 'phone', BARGE_IN: 'steady', MAX_CALL_MINUTES: 30 } as const
const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Begins a call with an agent. Throws AgentFileError for one that cannot be used. */
export async function openCall(
  definition: AgentDefinition,
  options: OpenCallOptions,
  hearing = EXACTLY,
): Promise<Line> {
  const { agents: others = [], tools = {}, channel = 'phone', caller = CALLER, hasPerson, until } = options
  const { documents } = options
  const { model = noModel, signal = new AbortController().signal, language = definition.language ?? 'en' } = options
  const all = [definition, ...others].map(one => readAgent(one, `the agent ${one.name}`))
  checkNames(all, tools)
  const time = openCallTime()
  let held: HeldCall | undefined
  const fail = (error: Error): void => held?.fail(error)
  const opened = await agentsFrom(
    all.map(one => withTestedTools(one, tools, { time, fail })),
    definition.name,
    [language],
  )
  // The other line of an interpreter has an agent of its own.
  const isOther = definition.interprets?.with === language
  const [agent, ...more] = opened.ofCall(isOther ? `${definition.name}-${language}` : definition.name)
  const onChannel = (one: Agent): Agent => agentFor(one, channel === 'browser' ? 'browser' : 'number')
  const policy = policyOf({ ...SETTINGS, TRANSFER_NUMBER: hasPerson ? CALLER : undefined })
  const knowing = agentsWithKnowledge(all)
  held = new HeldCall({
    documents: documents === undefined ? undefined : await testedDocuments(documents, knowing, time, signal),
    ...{ time, channel, caller, model, hearing, signal },
    agents: [onChannel(agent), ...more.map(onChannel)],
    tools: toolsOfAgents(opened, { clock: time.clock, log: NO_LOG, others: () => [] }),
    policy: policyFor(definition, policy),
    lifeOf: call => agentLife(opened.definitions, call, { clock: time.clock, log: NO_LOG }),
    turnEnd: await openTurnEndJudge(),
  })
  await held.begin()
  const line = new Line(held)
  await line.begin(until)
  return line
}
