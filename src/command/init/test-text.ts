import type { AgentLanguage } from '../../agents/agent-languages.ts'
import { STARTING_WORDS } from './words.ts'

/** The test of a new agent. `agentFile` is seen from the test. */
export function testText(agentFile: string, language: AgentLanguage): string {
  const { test } = STARTING_WORDS[language]
  return `import { test } from 'node:test'
import { call, calls } from 'partyline/testing'
import agent from '${agentFile}'
// ${test.order}
`
}
