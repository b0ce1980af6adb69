import type { Agent } from '../conversation/agent.ts'
import { languageOf } from '../languages/languages.ts'
import { receptionist } from './receptionist.ts'
import { germanReceptionist } from './receptionist-german.ts'
import { spanishReceptionist } from './receptionist-spanish.ts'
import { taskManager } from './task-manager.ts'
import { germanTaskManager } from './task-manager-german.ts'
import { spanishTaskManager } from './task-manager-spanish.ts'

export type AgentName = 'task-manager' | 'receptionist'
export const AGENT_LANGUAGES = ['en', 'de', 'es'] as const
export type AgentLanguage = (typeof AGENT_LANGUAGES)[number]

/** Each agent in each language. The same agent has the same name in all of them. */
const AGENTS: Readonly<Record<AgentName, Readonly<Record<AgentLanguage, Agent>>>> = {
  'task-manager': { en: taskManager, de: germanTaskManager, es: spanishTaskManager },
  receptionist: { en: receptionist, de: germanReceptionist, es: spanishReceptionist },
}

/** The agent of the settings AGENT and LANGUAGE. */
export const agentIn = ({
  AGENT,
  LANGUAGE,
}: {
  readonly AGENT: AgentName
  readonly LANGUAGE: AgentLanguage
}): Agent => ({
  ...AGENTS[AGENT][LANGUAGE],
  language: languageOf(LANGUAGE),
})
