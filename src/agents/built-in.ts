import receptionistDefinition from '../../agents/receptionist.ts'
import taskManagerDefinition from '../../agents/task-manager.ts'
import type { Agent } from '../conversation/agent.ts'
import type { AgentDefinition } from './author/agent.ts'
import { agentOf, wordsIn } from './author/agent-from.ts'
import { ENGLISH } from './english-words.ts'

/** The agents that come with Partyline. */
export const BUILT_IN: readonly AgentDefinition[] = [taskManagerDefinition, receptionistDefinition]

const inEnglish = (definition: AgentDefinition): Agent =>
  agentOf(definition, wordsIn(definition, 'en') ?? definition, ENGLISH)

/** The first of them in English. */
export const taskManager = inEnglish(taskManagerDefinition)
/** A demo agent, whose tools are the sandbox's. */
export const receptionist = inEnglish(receptionistDefinition)
