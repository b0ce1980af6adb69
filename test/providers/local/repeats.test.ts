import { expect, test } from 'vitest'
import { plainWords } from '../../../src/providers/local/plain-words.ts'
import { repeatedAtEnd } from '../../../src/providers/local/repeats.ts'
import { openTokens } from '../../../src/providers/local/tokens.ts'

const repeated = (tokens: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => tokens).flat()

test('a phrase that is said again and again is found, and all of it but its first time', () => {
  expect(repeatedAtEnd([9, 8, 7, ...repeated([1, 2, 3, 4], 4)])).toBe(12)
  expect(repeatedAtEnd([9, ...repeated([1], 16)])).toBe(15)
  // It is cut in the middle of the phrase.
  expect(repeatedAtEnd([...repeated([1, 2, 3, 4, 5], 4), 1, 2])).toBe(17)
})

test('what people repeat is left as it is', () => {
  expect(repeatedAtEnd([])).toBe(0)
  expect(repeatedAtEnd([5])).toBe(0)
  // "No, no, no", and "five five five five" in pieces of two tokens.
  expect(repeatedAtEnd(repeated([11, 12], 3))).toBe(0)
  expect(repeatedAtEnd(repeated([29, 945], 4))).toBe(0)
  // A sentence that is said three times.
  expect(repeatedAtEnd(repeated([1, 2, 3, 4, 5, 6, 7, 8], 3))).toBe(0)
})

test.each([
  ['What is due to-day?', 'What is due today?'],
  ['To-morrow, or to-night', 'Tomorrow, or tonight'],
  ['Good-bye', 'Goodbye'],
  ['Five-five-five, twenty-one', 'Five five five, twenty-one'],
  ['a day-to-day matter', 'a day-to-day matter'],
  ['  two \n words ', 'two words'],
])('%j is told as %j', (heard, told) => {
  expect(plainWords(heard)).toBe(told)
})

test('tokens become words: spaces, bytes, and those that stand for nothing', async () => {
  const textOf = await openTokens()
  expect(textOf([])).toBe('')
  expect(textOf([15_043, 3_186])).toBe('Hello world')
  // An emoji by its four bytes, then a token of Moonshine's own and one beyond all.
  expect(textOf([243, 162, 155, 131, 32_001, 40_000])).toBe('😀')
  expect(textOf([1, 15_043, 2])).toBe('Hello')
})
