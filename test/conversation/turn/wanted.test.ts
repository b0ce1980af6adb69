import { expect, test } from 'vitest'
import { digitsIn, endsInNumber, wantedBy } from '../../../src/conversation/turn/wanted.ts'
import { english } from '../../../src/languages/english.ts'

const number = (...lengths: number[]) => ({ kind: 'number', lengths })

test.each([
  ['', { kind: 'anything' }],
  ['Hello, this is the Partyline. How can I help you?', { kind: 'anything' }],
  ['Shall I book it?', { kind: 'yes or no' }],
  ['I have found one. And is that right?', { kind: 'yes or no' }],
  ["Don't you want it?", { kind: 'yes or no' }],
  ['Would you like red or white?', { kind: 'anything' }],
  ['Could you tell me more?', { kind: 'anything' }],
  ['Is that right? What is your phone number?', number(7, 10)],
  ['Could you give me your phone number, please?', number(7, 10)],
  ['Please say the four digit code.', number(4)],
  ['Please enter your sixteen-digit number.', number(16)],
  ['Tell me the last 4 digits of your card.', number(4)],
  ['What is your zip code?', number(5)],
  ['What is your order number?', number()],
  ['May I have your name?', { kind: 'details' }],
  ['Could you spell that for me?', { kind: 'details' }],
  ['What is your e-mail address?', { kind: 'details' }],
  ['Your number is in the book.', { kind: 'anything' }],
])('"%s" wants %j', (asked, wanted) => {
  expect(wantedBy(asked, english)).toEqual(wanted)
})

test.each([
  ['', 0],
  ['five five five', 3],
  ['double five, oh one', 4],
  ['triple seven', 3],
  ['twenty-three', 2],
  ['twenty zero', 3],
  ['nineteen eighty four', 4],
  ['555-0123', 7],
  ['my number is four two', 2],
  ['none of them', 0],
])('"%s" has %i digits', (text, count) => {
  expect(digitsIn(text, english)).toBe(count)
})

test.each([
  ['it is five', true],
  ['five, double', true],
  ['five of them', false],
])('"%s" ends in a number: %s', (text, ends) => {
  expect(endsInNumber(text, english)).toBe(ends)
})
