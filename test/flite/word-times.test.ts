import { expect, test } from 'vitest'
import { wordTimes } from '../../src/flite/word-times.ts'

const PHONES = [
  { name: 'pau', endMs: 200 },
  { name: 'hh', endMs: 250 },
  { name: 'ay', endMs: 400 },
  { name: 'pau', endMs: 600 },
  { name: 'y', endMs: 650 },
  { name: 'uw', endMs: 800 },
  { name: 'pau', endMs: 1_000 },
]

test('each word lasts from its first phone to its last, without pauses', () => {
  expect(wordTimes(['Hi,', 'you.'], [2, 2], PHONES)).toEqual([
    { text: 'Hi,', startMs: 200, endMs: 400 },
    { text: 'you.', startMs: 600, endMs: 800 },
  ])
})

test('a character that is not spoken has no length and comes after the previous word', () => {
  const words = wordTimes(['Hi', '—', 'you.'], [2, 0, 2], PHONES)
  expect(words[1]).toEqual({ text: '—', startMs: 400, endMs: 400 })
})

test('phones that do not add up are divided in proportion, and the last word ends with the last phone', () => {
  const words = wordTimes(['4', 'you'], [4, 2], PHONES)
  expect(words.at(-1)?.endMs).toBe(800)
  expect(words[0]?.endMs).toBeGreaterThan(400)
})

test('a text without spoken words has all its words at the start', () => {
  expect(wordTimes(['…'], [0], [{ name: 'pau', endMs: 186 }])).toEqual([{ text: '…', startMs: 0, endMs: 0 }])
})
