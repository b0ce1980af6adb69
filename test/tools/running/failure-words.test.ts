import { expect, test } from 'vitest'
import { LinkError } from '../../../src/tools/links/link-error.ts'
import { failureWords, isCertainlyNotDone } from '../../../src/tools/running/failure-words.ts'

const error = (kind: LinkError['kind'], words = 'the room is locked'): LinkError => new LinkError(kind, words)
const UNKNOWN =
  'It is not known whether look was done. Do not try it again. Look with a tool that only reads, if there is one; else tell the caller that it could not be confirmed.'
const ASIDE =
  ' (Not to be said: its server answered "the room is locked". If that is about the arguments, call it again with right ones.)'
const FIRST = 'look does not work just now. Tell the caller in plain words and offer something else.'
const AGAIN =
  'look still does not work just now. The caller knows: do not apologise again, and do not try it again unless the caller asks.'

test.each<[LinkError['kind'], boolean, string]>([
  ['unsent', false, FIRST],
  ['lost', false, FIRST],
  ['late', false, FIRST],
  ['refused', false, FIRST + ASIDE],
  ['wrong', false, FIRST + ASIDE],
  ['unsent', true, FIRST.replace('look does', 'look was not done: it does')],
  ['refused', true, FIRST.replace('look does', 'look was not done: it does') + ASIDE],
  ['lost', true, UNKNOWN],
  ['late', true, UNKNOWN],
  ['wrong', true, UNKNOWN + ASIDE],
])('a model is told of a tool that was %s, and changes something: %s', (kind, changes, words) => {
  expect(failureWords().failed('CA1 far', 'look', error(kind), changes)).toBe(words)
})

test.each<[LinkError['kind'], boolean]>([
  ['unsent', true],
  ['refused', true],
  ['lost', false],
  ['late', false],
  ['wrong', false],
])('that nothing was done is certain where a call was %s: %s', (kind, isSo) => {
  expect(isCertainlyNotDone(kind)).toBe(isSo)
})

test('a caller hears one apology for a server, until it has worked again, whatever other servers do', () => {
  const { failed, worked } = failureWords()
  const told = (place: string): string => failed(place, 'look', error('late'), false)
  expect([told('CA1 far'), told('CA1 far'), told('CA1 near'), told('CA2 far')]).toEqual([FIRST, AGAIN, FIRST, FIRST])
  worked('CA1 near')
  expect([told('CA1 far'), told('CA1 near')]).toEqual([AGAIN, FIRST])
  expect(failed('CA1 far', 'look', error('refused'), true)).toBe(
    AGAIN.replace('look still', 'look was not done: it still') + ASIDE,
  )
})

test('of a thousand places it is known that they failed; of one more, no longer of the first', () => {
  const { failed } = failureWords()
  const told = (place: number): string => failed(`${place}`, 'look', error('late'), false)
  for (let place = 0; place < 1_000; place++) expect(told(place)).toBe(FIRST)
  expect(told(0)).toBe(AGAIN)
  expect(told(1_000)).toBe(FIRST)
  expect(told(999)).toBe(AGAIN)
  expect(told(0)).toBe(FIRST)
})
