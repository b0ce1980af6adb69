import { expect, test } from 'vitest'
import { agentsFrom } from '../../src/agents/agents.ts'
import type { AgentDefinition } from '../../src/agents/author/agent.ts'
import { readAgent } from '../../src/agents/author/read-agent.ts'
import { policyFor } from '../../src/policy.ts'
import { POLICY } from '../fakes/call.ts'

const DESK: AgentDefinition = {
  name: 'desk',
  greeting: 'Hello.',
  instructions: 'It is a hotel.',
  numbers: ['+15550100001'],
  languages: { de: { greeting: 'Guten Tag.', phrases: { pardon: 'Wie bitte?' }, instructions: 'Say "Sie".' } },
  interprets: { with: 'de', numbers: ['+4930555010'], rings: '+4915550100' },
}
const OTHER: AgentDefinition = { name: 'greeter', greeting: 'Hi.', instructions: 'Greet.' }

test('an interpreter is two agents of one language each, whatever languages the line has', async () => {
  const agents = await agentsFrom([DESK], 'desk', ['en'])
  expect(agents.all.map(({ name, language }) => [name, language.code])).toEqual([
    ['desk', 'en'],
    ['desk-de', 'de'],
  ])
  expect([...agents.legs]).toEqual([
    ['desk', { other: 'desk-de', isFirst: true, rings: '+4915550100' }],
    ['desk-de', { other: 'desk', isFirst: false }],
  ])
  const [desk, ...more] = agents.ofCall('desk')
  const [guest] = agents.ofCall('desk-de')
  expect(more).toEqual([])
  expect([desk.phrases.greeting, guest.phrases.greeting]).toEqual(['Hello.', 'Guten Tag.'])
  expect([guest.phrases.pardon, guest.phrases['go-on']]).toEqual([
    'Wie bitte?',
    'Bitte sprechen Sie weiter. Ich dolmetsche.',
  ])
})

test('its model is told from which language into which, and what its author wrote', async () => {
  const agents = await agentsFrom([DESK], 'desk', ['en'])
  const told = (name: string) => agents.ofCall(name)[0].instructions
  expect(told('desk')).toMatch(/has just said in German,.*in spoken English,.*\n[\s\S]*It is a hotel\.$/)
  expect(told('desk-de')).toMatch(/has just said in English,.*in spoken German,[\s\S]*It is a hotel\.\nSay "Sie"\.$/)
})

test('each line is found by its number, and the other one by its name too', async () => {
  const agents = await agentsFrom([DESK, OTHER], 'greeter', ['en'])
  expect(agents.at({ number: '+15550100001' })).toBe('desk')
  expect(agents.at({ number: '+4930555010' })).toBe('desk-de')
  expect(agents.at({ named: 'desk-de' })).toBe('desk-de')
  expect(agents.at({ number: '+1' })).toBe('greeter')
})

test('its lines pass on what is said: nothing is drafted, nobody is put through, and there is room for what waited', () => {
  expect(policyFor(DESK, { ...POLICY, canTransfer: true, draftsPerTurn: 3 })).toMatchObject({
    interprets: true,
    draftsPerTurn: 0,
    canTransfer: false,
    mostLetters: 3_000,
  })
  expect(policyFor(OTHER, POLICY)).not.toHaveProperty('interprets')
})

test.each([
  ['between a language and itself', { interprets: { with: 'en' } }, 'it interprets between en and en'],
  ['without words for the other person', { languages: {} }, 'it has no words in "de": add them as languages.de'],
  ['with hand-offs', { handOffs: [{ to: 'greeter', when: 'ever' }] }, 'it has handOffs, and an interpreter only'],
  ['with knowledge', { knowledge: true }, 'it has knowledge'],
] as const)('an interpreter %s cannot be used', async (_, changed, why) => {
  const made = agentsFrom([{ ...DESK, ...changed }, OTHER], 'greeter', ['en'])
  return expect(made).rejects.toThrow(why)
})

test('another agent has not the name of its other line, and cannot hand it a call', async () => {
  const twice = agentsFrom([DESK, { ...OTHER, name: 'desk-de' }], 'desk', ['en'])
  await expect(twice).rejects.toThrow('its other line is desk-de, and so is another agent')
  const handed = agentsFrom([DESK, { ...OTHER, handOffs: [{ to: 'desk', when: 'ever' }] }], 'desk', ['en'])
  await expect(handed).rejects.toThrow('greeter cannot hand the call to desk: an interpreter has its lines')
})

test('what is wrong in the file is said', () => {
  const read = (interprets: object) => () => readAgent({ ...DESK, interprets }, 'desk.ts')
  expect(read({ with: 'fr' })).toThrow('interprets.with')
  expect(read({ with: 'de', rings: '030 123' })).toThrow('interprets.rings: must be a number such as +4930123456')
  expect(read({ with: 'de', code: 1 })).toThrow('interprets.code: there is no such part of an agent')
})
