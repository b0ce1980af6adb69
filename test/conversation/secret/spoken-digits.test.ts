import { expect, test } from 'vitest'
import { spokenDigits } from '../../../src/conversation/secret/spoken-digits.ts'
import { english } from '../../../src/languages/english.ts'

test.each([
  ['four two seven one', '4271'],
  ["It's four, two; seven-one.", '4271'],
  ['Double four oh nine', '4409'],
  ['triple 7 one', '7771'],
  ['4271', '4271'],
  ['42 71.', '4271'],
  ['4-2-7-1', '4271'],
  ['double forty', ''],
  ['double', ''],
  ['I do not know it', ''],
  ['', ''],
])('"%s" has the digits "%s"', (text, digits) => {
  expect(spokenDigits(text, english)).toBe(digits)
})
