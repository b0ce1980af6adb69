import { expect, test } from 'vitest'
import { featuresOf, HASH_BITS, hashWord, MOST_FEATURES, mix } from '../../src/turn-end/features.ts'
import { QUESTIONS, type Question } from '../../src/turn-end/question.ts'
import { classOf, isNumber } from '../../src/turn-end/word-classes.ts'

const placesOf = (said: string, question: Question, wordless: boolean = false): readonly number[] => {
  const into = new Uint32Array(MOST_FEATURES)
  return [...into.subarray(0, featuresOf(said.split(' '), question, into, wordless))]
}

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the hash of %j is that of FNV-1a', (word, hash) => {
  expect(hashWord(word)).toBe(hash)
})

test('mixing depends on the order and stays an unsigned 32-bit integer', () => {
  expect(mix(mix(1, 2), 3)).not.toBe(mix(mix(1, 3), 2))
  for (const value of [0, 1, 0x7fffffff, 0xffffffff]) {
    expect(mix(value, value)).toBeGreaterThanOrEqual(0)
    expect(mix(value, value)).toBeLessThan(2 ** 32)
    expect(Number.isInteger(mix(value, value))).toBe(true)
  }
})

test('every feature has a weight, and none is written beyond the end of the array', () => {
  const long = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')
  for (const question of QUESTIONS) {
    for (const said of ['yes', 'the proposal one', 'five five five one two three four five six seven', long]) {
      const places = placesOf(said, question)
      expect(places.length).toBeLessThanOrEqual(MOST_FEATURES)
      expect(places.every(place => place < 2 ** HASH_BITS)).toBe(true)
    }
  }
})

test('the question, the last words and the length each make a difference', () => {
  const plain = placesOf('four people', 'count')
  expect(placesOf('four people', 'count')).toEqual(plain)
  expect(placesOf('four people', 'nothing')).not.toEqual(plain)
  expect(placesOf('four persons', 'count')).not.toEqual(plain)
  expect(placesOf('and four people', 'count')).not.toEqual(plain)
})

test('only the window and the first two words are read', () => {
  const said = (middle: string): string => `remind me ${middle} when i am back from the shops tomorrow`
  expect(placesOf(said('now'), 'nothing')).toEqual(placesOf(said('please'), 'nothing'))
})

test('without spelling, words of one class have the same features', () => {
  expect(placesOf('on monday', 'date', true)).toEqual(placesOf('on friday', 'date', true))
  expect(placesOf('on monday', 'date')).not.toEqual(placesOf('on friday', 'date'))
})

test('number words and single letters are numbers, other words are not', () => {
  for (const word of ['zero', 'seven', 'fifteen', 'eighty', 'hundred', 'double', 'k']) {
    expect(isNumber(classOf(word)), word).toBe(true)
  }
  for (const word of ['a', 'i', 'first', 'number', 'zebra', '']) expect(isNumber(classOf(word)), word).toBe(false)
})
