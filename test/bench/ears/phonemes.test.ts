import { expect, test } from 'vitest'
import { ORDERS } from './orders.ts'
import { phonemesOf } from './phonemes.ts'

test('a sentence is written as the voice was trained to read it: stress before the vowel, weak small words', () => {
  expect(phonemesOf('Add water to the list, please.')).toBe('ˈæd wˈɔːɾɚ tə ðə lˈɪst, plˈiːz.')
})

test('every order can be said', () => {
  for (const order of ORDERS) expect(phonemesOf(order).split(' ')).toHaveLength(order.split(' ').length)
})

test('a word that the dictionary has not is named', () => {
  expect(() => phonemesOf('Add zzyzzq')).toThrow('no word "zzyzzq"')
})
