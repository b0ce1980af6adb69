import { expect, test } from 'vitest'
import { normalise } from '../../src/turn-end/normalise.ts'
import { questionIn } from '../../src/turn-end/question.ts'

test.each([
  ['Yes, that’s right!', "yes that's right"],
  ['thats right', "that's right"],
  ["That's RIGHT.", "that's right"],
  ['at 2:30 p.m.', 'at two thirty pm'],
  ['at two thirty pm', 'at two thirty pm'],
  ['5pm', 'five pm'],
  ['8:00 am', 'eight am'],
  ['on March 23rd', 'on march twenty third'],
  ['the twenty-third', 'the twenty third'],
  ['the 30th', 'the thirtieth'],
  ['the 12th', 'the twelfth'],
  ['$1,660', 'one thousand six hundred sixty dollars'],
  ['415-555-0182', 'four one five five five five zero one eight two'],
  ['in 2026', 'in twenty twenty six'],
  ['300 people', 'three hundred people'],
  ['20 %', 'twenty percent'],
  ['olga@brandt.com', 'olga at brandt dot com'],
  ['Uhhh, ummm', 'uh um'],
  ['Mm-hm.', 'mhm'],
  ['uh-huh', 'uhhuh'],
  ['OK', 'okay'],
  ['Jürgen & Zoë', 'jürgen and zoë'],
  ['we were ill', 'we were ill'],
])('%j becomes %j', (text, words) => {
  expect(normalise(text).join(' ')).toBe(words)
})

test.each(['', '  ', '...', '¿?', '—'])('%j has no words', text => {
  expect(normalise(text)).toEqual([])
})

test('normalising twice changes nothing', () => {
  for (const text of ['It’s 7:45 on May 3rd, ok?', 'call 0171 5550 at noon', "i dont know, umm, let's see"]) {
    const once = normalise(text)
    expect(normalise(once.join(' '))).toEqual(once)
  }
})

test.each([
  [undefined, 'nothing'],
  ['', 'nothing'],
  ['Done, I have added it.', 'statement'],
  ['What is your phone number?', 'number'],
  ['Could you give me your order number?', 'number'],
  ['For how many people?', 'count'],
  ['At what time?', 'time'],
  ['When is it due?', 'date'],
  ['May I have your name?', 'name'],
  ['What is the address?', 'place'],
  ['Could you spell that?', 'spelling'],
  ['The morning is free. Would you like the morning or the afternoon?', 'choice'],
  ['Shall I add it?', 'yes or no'],
  ['Is that right?', 'yes or no'],
  ['Which task do you mean?', 'what'],
  ['Anything else?', 'anything else'],
  ['Hello, this is Partyline. What can I do for you?', 'help'],
] as const)('%j asks for: %s', (asked, question) => {
  expect(questionIn(asked)).toBe(question)
})
