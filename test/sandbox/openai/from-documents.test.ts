import { expect, test } from 'vitest'
import { foundWords, NOTHING_FOUND } from '../../../src/knowledge/told.ts'
import { answered } from '../../../src/sandbox/openai/answered.ts'

const TOOLS = [
  {
    name: 'search_knowledge',
    description: 'Searches documents.',
    parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
  },
]
const user = (content: string) => ({ role: 'user', content })
const found = (content: string) => ({ role: 'tool', content, tool: 'search_knowledge' })
const HOURS = foundWords([
  {
    ...{ id: 1, source: 'museum', path: 'visiting.md', titles: ['Visiting', 'Opening hours'] },
    text: 'The museum is open from ten to six. It is closed on Mondays. Bring a friend.',
  },
])

test('the stand-in looks up what a caller asks, says the sentence that fits, and where it stands when asked', () => {
  const asked = [user('Are you open on Mondays?')]
  expect(answered(asked, TOOLS)).toEqual({
    kind: 'call',
    name: 'search_knowledge',
    arguments: { query: 'Are you open on Mondays?' },
  })
  expect(answered([...asked, found(HOURS)], TOOLS)).toMatchObject({
    kind: 'say',
    text: expect.stringMatching(/Mondays|open/),
  })
  expect(answered([...asked, found(HOURS), user('Where does it say that?')], TOOLS)).toEqual({
    kind: 'say',
    text: 'It stands under "Opening hours".',
  })
})

test('it makes nothing up, and takes its leave', () => {
  expect(answered([user('Do you sell zebras?'), found(NOTHING_FOUND)], TOOLS)).toEqual({
    kind: 'say',
    text: 'I am sorry, I could not find that.',
  })
  expect(answered([user('Goodbye.')], TOOLS)).toEqual({ kind: 'say', text: "You're welcome. Goodbye!" })
})
