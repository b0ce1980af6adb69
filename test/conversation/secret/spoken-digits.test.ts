import { expect, test } from 'vitest'
import { spokenDigits } from '../../../src/conversation/secret/spoken-digits.ts'
import { english } from '../../../src/languages/english.ts'
import { german } from '../../../src/languages/german.ts'
import { spanish } from '../../../src/languages/spanish.ts'

test.each([
  ['four two seven one', '4271'],
  ["It's four, two; seven-one.", '4271'],
  ['Double four oh nine', '4409'],
  ['triple 7 one', '7771'],
  ['4271', '4271'],
  ['42 71.', '4271'],
  ['4-2-7-1', '4271'],
  ['The first four are four five three nine', '4539'],
  ['and the next four, 1111', '1111'],
  ['the next 4 are one two three four', '1234'],
  ['and the last one is six', '6'],
  ['the three digits are one two three', '123'],
  ['four five three nine, next one two', '453912'],
  ['double forty', ''],
  ['double', ''],
  ['I do not know it', ''],
  ['', ''],
])('"%s" has the digits "%s"', (text, digits) => {
  expect(spokenDigits(text, english)).toBe(digits)
})

test.each([
  [german, 'Die ersten vier sind vier fünf drei neun', '4539'],
  [german, 'die übrigen vier: eins eins eins eins', '1111'],
  [german, 'es sind drei Ziffern, eins zwei drei', '123'],
  [spanish, 'Los primeros cuatro son cuatro cinco tres nueve', '4539'],
  [spanish, 'los cuatro últimos uno uno uno uno', '1111'],
])('how many come is no digit of them in other languages: %#', (language, text, digits) => {
  expect(spokenDigits(text, language)).toBe(digits)
})
