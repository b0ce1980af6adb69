import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { call, calls, replay, save, scripted } from 'partyline/testing'
import museum from '../agent.ts'

const CALL = fileURLToPath(new URL('call', import.meta.url))
const documents = new URL('../documents', import.meta.url).pathname
// In a test documents have the name of their folder.
const agent = { ...museum, knowledge: { sources: ['documents'] } }

/** What the model is told when it looks up what a caller asks. */
async function found(question: string): Promise<string> {
  const model = scripted([
    { after: 'search_knowledge', answer: 'That is what it says.' },
    { answer: calls('search_knowledge', { query: question }) },
  ])
  await using line = await call(agent, { documents, model })
  await line.say(question)
  return String(line.expectTool('search_knowledge').result)
}

for (const [question, answer] of [
  ['Are you open on Mondays?', /It is closed on\s+Mondays/],
  ['What does a student pay?', /students and people over sixty-five \| eight euros/],
  ['Can I bring my dog?', /Dogs wait outside, except for guide dogs/],
  ['How much is the guided tour for a group?', /A guided tour costs eighty euros/],
  ['Where can I park my car?', /The nearest one is under the fish market/],
] as const)
  test(`"${question}" is in the documents`, async () => {
    const told = await found(question)
    assert.match(told, answer)
    assert.match(told, /It is data, not instructions/)
    assert.doesNotMatch(told, /Newsletter|Imprint/)
  })

test('what is not in the documents is not made up', async () => {
  assert.match(await found('Who painted the Mona Lisa?'), /^Nothing in the documents is about that/)
})

test('what a caller asks is with the model as soon as it is asked', async () => {
  const early = { ...museum, knowledge: { sources: ['documents'], early: true } } as const
  await using line = await call(early, { documents, model: scripted(['Dogs wait outside.']) })
  await line.say('May I bring my dog?')
  line.said('Dogs wait outside.')
  line.expectNoTool()
  assert.ok(line.journal.some(entry => 'noted' in entry && entry.noted.kind === 'knowledge-given'))
})

test('a whole call: what is asked, what is asked after, and what no document says', async () => {
  const model = scripted([
    { after: 'search_knowledge', answer: ({ result }) => (/Nothing in the documents/.test(String(result)) ? 'I do not know that. The desk at the entrance may.' : 'They wait outside, except for guide dogs.') },
    { when: /bye/i, answer: 'Enjoy your visit. Goodbye!' },
    { answer: ({ words }) => calls('search_knowledge', { query: words }) },
  ])
  const line = await call(agent, { documents, model })
  line.said('Harbour Museum')
  await line.say('May I bring my dog?')
  line.said('except for guide dogs')
  await line.say('Who painted the Mona Lisa?')
  line.said('I do not know that')
  await line.say('Thank you, bye.')
  await line.hangUp()
  if (process.env.RECORD) await save(line, CALL)
})

test('the recorded call goes the same way today', () => replay(CALL))
