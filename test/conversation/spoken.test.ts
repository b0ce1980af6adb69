import { expect, test } from 'vitest'
import type { Agent } from '../../src/conversation/agent.ts'
import { type Spoken, spokenBy } from '../../src/conversation/spoken.ts'

const agentOf = (code: string) => ({ language: { code } }) as Agent
const parts = (code: string) =>
  ({ speechToText: `ears of ${code}`, voice: `voice of ${code}` }) as unknown as Omit<Spoken, 'agent'>

test('a line of several languages has ears and a voice for each of its agents, and for no other language', async () => {
  const opened: string[] = []
  const agents = ['en', 'de', 'es'].map(agentOf)
  const inLanguage = await spokenBy(agents, async code => {
    opened.push(code)
    return parts(code)
  })
  expect(opened).toEqual(['en', 'de', 'es'])
  expect(inLanguage?.('de')).toEqual({ agent: agents[1], ...parts('de') })
  expect(inLanguage?.('en')).toEqual({ agent: agents[0], ...parts('en') })
  expect(inLanguage?.('fr')).toBeUndefined()
})

test('an agent who is alone has what their call has, and nothing is opened anew', async () => {
  for (const agents of [[], [agentOf('en')]])
    expect(await spokenBy(agents, () => Promise.reject(new Error('it was opened')))).toBeUndefined()
})
