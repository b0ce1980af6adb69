import type { Agent } from '../conversation/agent.ts'
import { languageOf } from '../languages/languages.ts'
import { receptionist } from './receptionist.ts'
import { taskManager } from './task-manager.ts'

export type AgentName = 'task-manager' | 'receptionist'
export const AGENT_LANGUAGES = ['en', 'de', 'es'] as const
export type AgentLanguage = (typeof AGENT_LANGUAGES)[number]

/** Each agent in each language, loaded where it is chosen. The same agent has the same name in all of them. */
const AGENTS: Readonly<Record<AgentName, Readonly<Record<AgentLanguage, () => Promise<Agent>>>>> = {
  'task-manager': {
    en: async () => taskManager,
    de: async () => (await import('./task-manager-german.ts')).germanTaskManager,
    es: async () => (await import('./task-manager-spanish.ts')).spanishTaskManager,
  },
  receptionist: {
    en: async () => receptionist,
    de: async () => (await import('./receptionist-german.ts')).germanReceptionist,
    es: async () => (await import('./receptionist-spanish.ts')).spanishReceptionist,
  },
}

/** The agent of the settings AGENT and LANGUAGE. */
export const agentIn = async ({
  AGENT,
  LANGUAGE,
}: {
  readonly AGENT: AgentName
  readonly LANGUAGE: AgentLanguage
}): Promise<Agent> => ({
  ...(await AGENTS[AGENT][LANGUAGE]()),
  language: languageOf(LANGUAGE),
})
