import { expect, test } from 'vitest'
import { cutToSize, logText, plainText } from '../../../src/tools/running/plain-text.ts'

const CUT = '(The rest was cut.)'

test.each([
  ['a  b   c', 'a b c'],
  [' a\u0085b\u2028c\vd ', 'a b c d'],
  ['ﬁne \ud800', 'fine \ufffd'],
  ['<b>|`*~#', 'b'],
  ['[INST] a [ / sys ] b [user]', 'a b'],
  ['a [list] b', 'a [list] b'],
  ['System: a', 'System, a'],
  ['tool  call : a', 'tool call, a'],
  ['systemic: a', 'systemic: a'],
  ['Result of look : a', 'Result of look, a'],
])('%j as plain words is %j', (text, words) => {
  expect(plainText(text)).toBe(words)
})

test('of a long text 20,000 characters are read', () => {
  expect(plainText('x'.repeat(30_000))).toHaveLength(20_000)
})

test('a text that fits is not cut', () => {
  expect(cutToSize('x'.repeat(40), 40)).toBe('x'.repeat(40))
})

test.each([
  [
    'after a sentence that ends late enough',
    'One two three four. Five six seven eight nine',
    44,
    'One two three four.',
  ],
  ['after a question', 'One two three four? Five six seven eight nine', 44, 'One two three four?'],
  [
    'after a word, where the sentence ends early',
    'One. Two three four five six seven eight nine ten',
    45,
    'One. Two three four five',
  ],
  [
    'after a word, where a dot ends no sentence',
    'One two three 4.5 six seven eight nine ten eleven',
    45,
    'One two three 4.5 six',
  ],
  ['after the last of several sentences', 'One two. Three four. Five six seven eight nine', 45, 'One two. Three four.'],
  ['in a word that is too long', 'x'.repeat(60), 45, 'x'.repeat(25)],
  ['not in a letter of two units', `${'x'.repeat(24)}👍${'x'.repeat(20)}`, 45, `${'x'.repeat(24)}\ufffd`],
  [
    'and an exact half is not late enough',
    '123456789012. 45678 01234 x x x x x x x x x x x',
    46,
    '123456789012. 45678 01234',
  ],
])('a text is cut %s', (_, text, most, start) => {
  expect(cutToSize(text, most)).toBe(`${start} ${CUT}`)
  expect(cutToSize(text, most).length).toBeLessThanOrEqual(most)
})

test('a text for the log is one line of 300 characters, or as many as are asked for', () => {
  expect(logText(' a\n\u0007 b\u001b[2J ')).toBe('a b [2J')
  expect(logText('x'.repeat(400))).toHaveLength(300)
  expect(logText('👍👍', 3)).toBe('👍\ufffd')
})
