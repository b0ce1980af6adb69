import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sentences } from '../../../src/conversation/reply/sentences.ts'
import { english } from '../../../src/languages/english.ts'

/** The pieces of a text that comes in these parts. */
function piecesOf(...parts: readonly string[]): readonly string[] {
  const sentences = new Sentences(english)
  const pieces = parts.flatMap(part => sentences.push(part))
  const rest = sentences.rest()
  return rest === '' ? pieces : [...pieces, rest]
}

test.each([
  { text: 'Yes. It is done.', pieces: ['Yes. ', 'It is done.'] },
  { text: 'Your next task, Anna, is lunch. Enjoy it.', pieces: ['Your next task, Anna, ', 'is lunch. ', 'Enjoy it.'] },
  { text: 'Well, I see it. One, two, three.', pieces: ['Well, I see it. ', 'One, two, three.'] },
  { text: 'Meet Dr. Who at 3 p.m. today. Fine?', pieces: ['Meet Dr. Who at 3 p.m. today. ', 'Fine?'] },
  {
    text: 'You can park for free behind the house, always.',
    pieces: ['You can park for free ', 'behind the house, always.'],
  },
  { text: 'We are in town and open.', pieces: ['We are in town and open.'] },
  { text: 'It costs 3.50 euros.', pieces: ['It costs 3.50 euros.'] },
  { text: 'He said "go!" and left.', pieces: ['He said "go!" ', 'and left.'] },
  { text: '', pieces: [] },
  { text: '  ', pieces: [] },
])('"$text" is spoken as $pieces', ({ text, pieces }) => {
  expect(piecesOf(text)).toEqual(pieces)
  expect(piecesOf(...text)).toEqual(pieces)
})

test('a text without an end is spoken too', () => {
  const pieces = piecesOf(...Array.from({ length: 100 }, () => 'word '))
  expect(pieces.length).toBeGreaterThan(1)
  for (const piece of pieces) expect(piece.length).toBeLessThan(260)
})

const alphabet = fc.constantFrom('a', 'Dr', ' ', ' ', '.', ',', '!', '"', 'wörd', 'p.m.', '–', '\n', 'e.g')
const text = fc.array(alphabet, { maxLength: 200 }).map(parts => parts.join(''))

test('the pieces joined are the text, except for spaces at its end', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), parts => {
      const whole = parts.join('')
      const joined = piecesOf(...parts).join('')
      expect(whole.startsWith(joined)).toBe(true)
      expect(whole.slice(joined.length).trim()).toBe('')
    }),
    { seed: 7 },
  )
})

test('the cuts do not depend on the parts in which the text came', () => {
  const short = fc.array(alphabet, { maxLength: 40 })
  fc.assert(
    fc.property(short, parts => {
      expect(piecesOf(...parts)).toEqual(piecesOf(parts.join('')))
    }),
    { seed: 7 },
  )
})
