import { expect, test } from 'vitest'
import { plainWords } from '../../../src/providers/local/plain-words.ts'

test.each([
  ['Good-by.', 'Goodbye.'],
  ['And good-bye!', 'And goodbye!'],
  ['What do I have due to morrow?', 'What do I have due tomorrow?'],
  ['I passed a good by-way.', 'I passed a good by-way.'],
])('%j is %j', (heard, said) => {
  expect(plainWords(heard)).toBe(said)
})
