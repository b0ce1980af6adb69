import { expect, test } from 'vitest'
import { plainWords, summed, wordErrorRate, wordErrors } from '../../../src/compare/word-errors.ts'

test.each<[string, string]>([
  ['What do I have due today?', 'what do I have due to-day'],
  ["I'd like a table, um, for two.", 'I would like a table for 2'],
  ['Add call the vendor on the twenty-first at seven thirty.', 'add call the vendor on the 21st at 7:30'],
  ['Tomorrow at five p.m.', 'To-morrow at 5 PM.'],
  ['My number is five five five zero one four two nine.', 'My number is 555-0142 9'],
  ["Good-bye. That's all, Mr. Smith.", "goodbye that's all mister Smith"],
  ['On the twentieth of May', 'on the 20th of May'],
  ["We can't come", 'we cannot come'],
])('"%s" and "%s" are the same words', (said, heard) => {
  expect(plainWords(heard)).toEqual(plainWords(said))
  expect(wordErrorRate(wordErrors(said, heard))).toBe(0)
})

test('a slip of the ears is an error: no sound is mended', () => {
  expect(wordErrors('Add milk.', 'And milk.')).toEqual({ words: 2, wrong: 1, left: 0, added: 0 })
  expect(wordErrors('Undo that, please.', 'I knew that please')).toEqual({ words: 3, wrong: 1, left: 0, added: 1 })
})

test('words that are left out and added count one each', () => {
  expect(wordErrors('delete the vendor call', 'delete vendor call now')).toEqual({
    ...{ words: 4, wrong: 0, left: 1, added: 1 },
  })
  expect(wordErrors('yes', '')).toEqual({ words: 1, wrong: 0, left: 1, added: 0 })
  expect(wordErrors('', 'thank you')).toEqual({ words: 0, wrong: 0, left: 0, added: 2 })
})

test('the rate is of all words together, so a short sentence counts for less than a long one', () => {
  const all = summed([
    wordErrors('yes', 'no'),
    wordErrors('what do I have due today my friend', 'what do I have due today'),
  ])
  expect(all).toEqual({ words: 9, wrong: 1, left: 2, added: 0 })
  expect(wordErrorRate(all)).toBeCloseTo(1 / 3)
})
