import { expect, test } from 'vitest'
import {
  handsOver,
  hidesPrivateData,
  isCardNumber,
  leavesOut,
  refusesTopics,
} from '../../../src/agents/author/guard.ts'
import { guardOf } from '../../../src/agents/author/guard-of.ts'

const CALL = { callId: 'CA1', owner: 'A', language: 'en' }
const never = new AbortController().signal

test.each([
  ['4242424242424242', true],
  ['378282246310005', true],
  ['4242424242424241', false],
  ['12', false],
])('%s is a card: %s', (digits, is) => {
  expect(isCardNumber(digits)).toBe(is)
})

test.each([
  ['My card is 4242 4242 4242 4242, thanks', 'My card is (a card that ends in 4242), thanks'],
  ['4242-4242-4242-4242', '(a card that ends in 4242)'],
  ['My order is 1234567890123', 'My order is 1234567890123'],
  ['Write to anna.miller+x@mail.example.co.uk.', 'Write to (an e-mail address).'],
  ['It is DE89 3704 0044 0532 0130 00', 'It is (a bank account)'],
  ['Call me at 030 123456 at 5', 'Call me at 030 123456 at 5'],
])('the model is not told of private data: %s', (text, told) => {
  expect(hidesPrivateData().told?.(text)).toBe(told)
})

test('long hostile texts end: a pattern that tries all ways would not, within the time of a test', () => {
  const hostile = ['1 ', 'a.', 'a@', 'AB12', 'a@a.', 'a '].map(text => text.repeat(30_000))
  for (const text of hostile) {
    expect(hidesPrivateData().told?.(text)).toBeTypeOf('string')
    refusesTopics(['a b', 'c'], 'No.').turn?.(text, CALL, never)
  }
})

test('topics are found as whole words, in any case and language', () => {
  const guard = refusesTopics(['legal advice', 'Straße', 'C++'], 'Not here.')
  const verdict = (text: string) => guard.turn?.(text, CALL, never)
  expect(verdict('I need LEGAL   advice')).toEqual({ kind: 'say', words: 'Not here.' })
  expect(verdict('in der straße')).toBeDefined()
  expect(verdict('write C++ please')).toBeDefined()
  expect(verdict('paralegal advices')).toBeUndefined()
  expect(() => refusesTopics([], 'x')).toThrow('a guard needs words')
  expect(() => refusesTopics([' '], 'x')).toThrow('a guard needs words')
  expect(handsOver(['chest pain'], 'nurse').turn?.('I have chest pain', CALL, never)).toEqual({
    ...{ kind: 'hand-off', agent: 'nurse', history: 'whole' },
  })
})

test('words are left out of what is said, without a gap', async () => {
  const guard = leavesOut(['damn', 'bloody'])
  expect(await guard.clause?.('That is damn good, bloody.', CALL, never)).toBe('That is good,.')
  expect(await leavesOut(['damn'], 'very').clause?.('Damn good', CALL, never)).toBe('very good')
})

test('several guards are one: the first that objects counts, and texts go through all', async () => {
  const guard = guardOf([
    hidesPrivateData(),
    refusesTopics(['weather'], 'First.'),
    refusesTopics(['weather', 'sport'], 'Second.'),
    leavesOut(['a']),
    leavesOut(['b']),
  ])
  expect(await guard.turn?.('the weather', CALL, never)).toEqual({ kind: 'say', words: 'First.' })
  expect(await guard.turn?.('the sport', CALL, never)).toEqual({ kind: 'say', words: 'Second.' })
  expect(await guard.turn?.('hello', CALL, never)).toBeUndefined()
  expect(await guard.clause?.('a b c', CALL, never)).toBe('c')
  expect(guardOf([leavesOut(['a'])]).turn).toBeUndefined()
})
