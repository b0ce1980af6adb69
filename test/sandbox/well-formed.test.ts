import { expect, test } from 'vitest'
import { isWellFormed } from '../../src/sandbox/well-formed.ts'

test.each<[string, unknown, boolean]>([
  ['a lone surrogate', { messages: [{ content: 'a \ud83d' }] }, false],
  ['one in a name', { tools: { '\udc00': 1 } }, false],
  ['a pair of them', { messages: ['📞'] }, true],
  ['an escape that the caller spells out', { messages: ['\\udA00', '"\\\\ud83d"'] }, true],
  ['no body', undefined, true],
])('a body with %s', (_, body, expected) => {
  expect(isWellFormed(body)).toBe(expected)
})
