import { expect, test } from 'vitest'
import type { Agent } from '../../src/conversation/agent.ts'
import { type Spoken, spokenBy } from '../../src/conversation/spoken.ts'

const agentOf = (code: string, name = 'anna') => ({ name, language: { code } }) as Agent
const parts = (code: string) =>
  ({ speechToText: `ears of ${code}`, voice: `voice of ${code}` }) as unknown as Omit<Spoken, 'agent'>

test('a line of several agents and languages has ears and a voice for each, and for no other', async () => {
  const opened: string[] = []
  const agents = [...['en', 'de', 'es'].map(code => agentOf(code)), agentOf('en', 'billing')]
  const spokenAs = await spokenBy(agents, async ({ name, language }) => {
    opened.push(`${name} ${language.code}`)
    return parts(language.code)
  })
  expect(opened).toEqual(['anna en', 'anna de', 'anna es', 'billing en'])
  expect(spokenAs?.('anna', 'de')).toEqual({ agent: agents[1], ...parts('de') })
  expect(spokenAs?.('anna', 'en')).toEqual({ agent: agents[0], ...parts('en') })
  expect(spokenAs?.('billing', 'en')).toEqual({ agent: agents[3], ...parts('en') })
  expect(spokenAs?.('anna', 'fr')).toBeUndefined()
  expect(spokenAs?.('billing', 'de')).toBeUndefined()
})

test('an agent who is alone has what their call has, and nothing is opened anew', async () => {
  for (const agents of [[], [agentOf('en')]])
    expect(await spokenBy(agents, () => Promise.reject(new Error('it was opened')))).toBeUndefined()
})
