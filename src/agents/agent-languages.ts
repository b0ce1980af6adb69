/** The languages that agents speak. */
export const AGENT_LANGUAGES = ['en', 'de', 'es'] as const
export type AgentLanguage = (typeof AGENT_LANGUAGES)[number]
