import type { AgentLanguage } from '../../agents/agent-languages.ts'
import { quoted, STARTING_WORDS } from './words.ts'

/** The test of a new agent. `agentFile` is seen from the test. */
export function testText(agentFile: string, language: AgentLanguage): string {
  const { test } = STARTING_WORDS[language]
  return `import { test } from 'node:test'
import { call, calls, scripted } from 'partyline/testing'
import agent from '${agentFile}'

/** What a model would do. With \`model: 'settings'\` the one of OPENAI_API_KEY is asked. */
const model = scripted([
  { when: ${test.orders}, answer: calls('order_pizza', { pizza: 'margherita', count: 2 }) },
  { when: ${test.asks}, answer: calls('tell_total') },
])

test('two pizzas are ordered, and the total is told', async () => {
  await using line = await call(agent, { model })
  await line.say(${quoted(test.order)})
  line.expectTool('order_pizza', { pizza: 'margherita', count: 2 })
  line.said(/margherita/)
  await line.say(${quoted(test.total)})
  // As it is heard: numbers are said in words.
  line.said(${quoted(test.heard)})
  await line.hangUp()
})

test('a caller who interrupts has heard what was said until then', async () => {
  await using line = await call(agent, { model, until: 'speaking' })
  await line.interrupt(${quoted(test.order)}, { afterWords: 2 })
  line.expectTool('order_pizza')
  await line.hangUp()
})
`
}
