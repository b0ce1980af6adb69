import { expect, test } from 'vitest'
import { Continuation, WholeWords } from '../../../src/conversation/reply/continuation.ts'

/** The rest as a model writes it, in pieces of so many letters. */
function after(said: string, rest: string, letters = 4): string {
  const continuation = new Continuation(said)
  let text = said
  for (let at = 0; at < rest.length; at += letters) text += continuation.push(rest.slice(at, at + letters))
  return text + continuation.end()
}

const SAID = 'We are open from nine to five on weekdays. On Sundays we '
const WHOLE = 'We are open from nine to five on weekdays. On Sundays we are closed. See you then.'

test.each([
  ['goes on', 'are closed. See you then.'],
  ['goes on with a space', ' are closed. See you then.'],
  ['begins with the last words', 'on Sundays we are closed. See you then.'],
  ['begins with the last word', 'we are closed. See you then.'],
  ['begins the sentence anew', 'On Sundays, we are closed. See you then.'],
  ['begins the answer anew', WHOLE],
  ['begins the answer anew with a manner', `[calm] ${WHOLE}`],
  ['begins the answer anew in capitals', WHOLE.toUpperCase()],
])('a model that %s repeats nothing', (_name, rest) => {
  for (const letters of [1, 4, 7, 1_000]) expect(after(SAID, rest, letters).toLowerCase()).toBe(WHOLE.toLowerCase())
})

test('a manner that comes later is kept, and one in what was said is no word', () => {
  const told = after('[happy] We are open until five. On Sundays we ', 'On Sundays we are closed. [sad] See you then.')
  expect(told).toBe('[happy] We are open until five. On Sundays we are closed. [sad] See you then.')
})

test('an answer that was complete is left as it is', () => {
  expect(after('We are closed.', '')).toBe('We are closed.')
  expect(after('We are closed.', 'We are closed.')).toBe('We are closed.')
})

test('words that are the same by chance after a whole sentence stay', () => {
  expect(after('It is open. ', 'Open it with the blue key.')).toBe('It is open. Open it with the blue key.')
})

test('a beginning that becomes another answer loses only what was said', () => {
  const text = after('We are open from nine to five on weekdays ', 'We are open from nine until six, and on Sundays')
  expect(text).toBe('We are open from nine to five on weekdays until six, and on Sundays')
})

test('a space is added where none was said', () => {
  expect(after('We are', 'closed today.')).toBe('We are closed today.')
})

test('text is passed on in whole words', () => {
  const words = new WholeWords()
  expect(['We a', 're op', 'en', ' from'].map(text => words.push(text))).toEqual(['We ', 'are ', '', 'open '])
  expect(words.end()).toBe('from')
})

test('a language without spaces is not kept for ever', () => {
  const words = new WholeWords()
  expect(words.push('字'.repeat(100))).toHaveLength(60)
})
