import { expect, test } from 'vitest'
import { agreementIn } from '../../../src/conversation/turn/agreement.ts'
import { english } from '../../../src/languages/english.ts'

const QUESTION = "Delete 'Call the vendor', due Monday?"

test.each([
  'yes',
  'Yes.',
  'yes please',
  'Um, yeah, go ahead.',
  'yes, um, do it',
  'okay, well, um, go ahead',
  'okay do it',
  "that's right",
  'yes, delete it',
  'Yes, delete.',
  'Yes, deleted.',
  'Delete it please.',
  'sure, thank you',
  'absolutely',
  "I'm sure",
])('"%s" agrees', text => {
  expect(agreementIn(text, QUESTION, english)).toBe('yes')
})

test.each(['', '…', 'um', 'um, well', 'yesum'])('"%s" has no agreement in it', text => {
  expect(agreementIn(text, QUESTION, english)).not.toBe('yes')
})

test.each([
  'yes',
  'yes, all of them',
  'both of them',
  'Change them.',
  'yes, change both',
  'yes please, all three',
  'do them all',
  'all right',
])('"%s" agrees to several changes', text => {
  expect(agreementIn(text, 'Change these three tasks: Call mum, Buy milk, and Pay?', english)).toBe('yes')
})

test.each(['all but the second', 'both tomorrow', 'only the first', 'yes, the first one', 'not all of them'])(
  '"%s" does not agree to several changes',
  text => {
    expect(agreementIn(text, 'Change these three tasks: Call mum, Buy milk, and Pay?', english)).not.toBe('yes')
  },
)

test('"all of them" does not agree to a question about one', () => {
  expect(agreementIn('all of them', QUESTION, english)).not.toBe('yes')
})

test.each([
  'no',
  'No, thanks.',
  "don't",
  'yes no wait',
  'yeah but not that one',
  'please do not',
  "yes actually, don't",
  'keep it',
  'stop',
  'never mind',
  'cancel it',
  'I would rather keep it',
  'yes, hold on',
])('"%s" does not', text => {
  expect(agreementIn(text, QUESTION, english)).toBe('no')
})

test.each([
  'what?',
  'hm',
  'Sorry?',
  'um',
  'maybe',
  'I guess so',
  'say that again',
  'mm-hm',
  'Thank you.',
  'Great, thanks.',
  'please',
])('"%s" is unclear', text => {
  expect(agreementIn(text, QUESTION, english)).toBe('unclear')
})

test.each([
  'yes and add milk',
  'what is due today',
  'pay it',
  'yes the other one',
  'delete the other one',
  'Friday',
  'yesterday',
  'I said yes to the dress',
])('"%s" is something else', text => {
  expect(agreementIn(text, QUESTION, english)).toBe('something else')
})

test.each([
  ['Yes, cancel it.', 'Cancel the order?', 'yes'],
  ['Cancel it.', 'Cancel the order?', 'no'],
  ['Yes, stop that.', 'Stop the alarm?', 'yes'],
  ['Yes, but cancel it.', 'Delete the order?', 'no'],
] as const)('"%s" to "%s" is %s', (text, question, agreement) => {
  expect(agreementIn(text, question, english)).toBe(agreement)
})

test('doubt two hundred times over is judged like doubt', () => {
  const signs = 'mm hm '.repeat(200)
  expect(agreementIn(signs, 'Delete it?', english)).toBe('unclear')
  expect(agreementIn(`${signs} xylophone`, 'Delete it?', english)).toBe('something else')
})
