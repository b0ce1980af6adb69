import { expect, test } from 'vitest'
import { transcriptOf } from '../../src/journal/transcript.ts'

test('a transcript shows who spoke, where the agent was interrupted and which tools ran', () => {
  const call = { id: 'a', name: 'book', arguments: '{"day":"Friday"}' }
  expect(
    transcriptOf([
      { role: 'agent', text: 'Hello.', interrupted: false },
      { role: 'caller', text: 'Book a table.' },
      { role: 'tool', call, result: 'Booked.' },
      { role: 'agent', text: 'That is', interrupted: true },
      { role: 'tool', call, result: undefined },
    ]),
  ).toBe(
    [
      'Agent:  Hello.',
      'Caller: Book a table.',
      '        [book {"day":"Friday"} → Booked.]',
      'Agent:  That is —',
      '        [book {"day":"Friday"} → no result]',
      '',
    ].join('\n'),
  )
})

test('a call in which nobody spoke has an empty transcript', () => {
  expect(transcriptOf([])).toBe('')
})
