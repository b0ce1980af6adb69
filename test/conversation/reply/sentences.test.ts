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
  { text: 'It is $1,250.50. You pay $3.5 each.', pieces: ['It is $1,250.50. ', 'You pay $3.5 each.'] },
  { text: 'Version 1.2.3 is at 192.168.1.1 now. Go.', pieces: ['Version 1.2.3 is at 192.168.1.1 now. ', 'Go.'] },
  { text: 'Ask Dr. Smith. Or St. John, Jr. if not.', pieces: ['Ask Dr. Smith. ', 'Or St. John, Jr. if not.'] },
  { text: 'Walk down St. John’s Road. Turn left.', pieces: ['Walk down St. John’s Road. ', 'Turn left.'] },
  {
    text: 'The U.S. office opens at 9 a.m. today. Yes.',
    pieces: ['The U.S. office opens ', 'at 9 a.m. today. ', 'Yes.'],
  },
  { text: 'It is by J. R. R. Tolkien. Really.', pieces: ['It is by J. R. R. Tolkien. ', 'Really.'] },
  { text: 'Take e.g. a coat, i.e. a warm one. Now.', pieces: ['Take e.g. a coat, ', 'i.e. a warm one. ', 'Now.'] },
  { text: 'No. It is No. 5 in apt. 3. Yes.', pieces: ['No. ', 'It is No. 5 in apt. 3. ', 'Yes.'] },
  {
    text: 'Mail a.b@example.com. Or see www.example.com/a?b=1. Bye.',
    pieces: ['Mail a.b@example.com. ', 'Or see www.example.com/a?b=1. ', 'Bye.'],
  },
  {
    text: 'We live at 12 Main Street, Springfield, IL 62704. Yes.',
    pieces: ['We live at 12 Main Street, Springfield, IL 62704. ', 'Yes.'],
  },
  {
    text: 'Your table is on November 26, 2026, at five.',
    pieces: ['Your table is on November 26, 2026, ', 'at five.'],
  },
  { text: 'It takes you about 5 – 7 working days.', pieces: ['It takes you about 5 – 7 working days.'] },
  {
    text: 'That would be one hundred and five dollars and ten cents, all told.',
    pieces: ['That would be one hundred and five dollars and ten cents, ', 'all told.'],
  },
  { text: 'Well . . . let me see. . . . Yes.', pieces: ['Well . . . ', 'let me see. ', '. . . Yes.'] },
  { text: '... Sure. … Done. 👍', pieces: ['... Sure. ', '… Done. '] },
  { text: '"... " she said.', pieces: ['"... " she said.'] },
  { text: '1. Pay rent. 2. Call Anna.', pieces: ['1. Pay rent. ', '2. Call Anna.'] },
  {
    text: '- Pay rent\n- Call Anna\n\nAnything\nelse?',
    pieces: ['- Pay rent\n', '- Call Anna\n', '\nAnything\nelse?'],
  },
  {
    text: '**You have two tasks:** one is _due._ Yes.',
    pieces: ['**You have two tasks:** ', 'one is _due._ ', 'Yes.'],
  },
  { text: '…', pieces: [] },
  { text: '👍 — "', pieces: [] },
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

const alphabet = fc.constantFrom(
  'a',
  'Dr',
  ' ',
  ' ',
  '.',
  ',',
  '!',
  '"',
  'wörd',
  'p.m.',
  '–',
  '\n',
  'e.g',
  '5',
  '. ',
  'No.',
  ':',
  'and',
  'hundred',
)
const text = fc.array(alphabet, { maxLength: 200 }).map(parts => parts.join(''))

test('the pieces joined are the text, except for what has nothing to voice at its end', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), parts => {
      const whole = parts.join('')
      const joined = piecesOf(...parts).join('')
      expect(whole.startsWith(joined)).toBe(true)
      expect(whole.slice(joined.length)).not.toMatch(/[\p{L}\p{N}]/u)
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

test('what a voice is given always has a word, and ends at a space', () => {
  const signs = fc.constantFrom('1,250.50 ', '$3.50', '12:30', '1.2.3', '👍', '... ')
  fc.assert(
    fc.property(fc.array(fc.oneof(alphabet, signs)), parts => {
      const pieces = piecesOf(parts.join(''))
      for (const piece of pieces) expect(piece).toMatch(/[\p{L}\p{N}]/u)
      for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/\s$/)
    }),
    { seed: 7 },
  )
})

/** How many characters of text the cutter looks at, for each character that it is given. */
function looksPerCharacter(text: string, partChars: number): number {
  let looks = 0
  const counting = (pattern: RegExp): RegExp =>
    Object.assign(new RegExp(pattern), {
      test: (tail: string): boolean => {
        looks += tail.length
        return pattern.test(tail)
      },
    })
  const { cuts } = english
  const sentences = new Sentences({
    ...english,
    cuts: { ...cuts, sentence: counting(cuts.sentence), clause: counting(cuts.clause) },
  })
  for (let at = 0; at < text.length; at += partChars) sentences.push(text.slice(at, at + partChars))
  sentences.rest()
  return looks / text.length
}

test.each([
  ['sentences', 'It is so. '],
  ['words', 'word and '],
  ['one word', 'a'],
  ['full stops', '.'],
  ['spaced full stops', '. '],
  ['spaces', ' '],
  ['lines', '\n'],
  ['digits', '1, '],
  ['abbreviations', 'Dr. '],
])('cutting takes time that grows with the length: endless %s', (_, unit) => {
  for (const partChars of [7, 100_000]) {
    const [short, long] = [2_000, 200_000].map(length =>
      looksPerCharacter(unit.repeat(length / unit.length), partChars),
    )
    expect(long).toBeLessThanOrEqual((short ?? 0) * 1.5 + 1)
  }
})

test('half a megabyte without a space comes out in pieces, each of whole characters', () => {
  const pieces = piecesOf('a😀'.repeat(170_000))
  expect(pieces.length).toBeGreaterThan(400)
  for (const piece of pieces) expect(piece.isWellFormed()).toBe(true)
  expect(pieces.join('')).toHaveLength(510_000)
})

test('a piece without words goes to the next one, or is not said, and is not said again', () => {
  const sentences = new Sentences(english)
  expect(sentences.push('… ! Yes. ')).toEqual([expect.stringMatching(/Yes\. $/)])
  expect([sentences.push('No'), sentences.rest(), sentences.rest()]).toEqual([[], 'No', ''])
  expect(sentences.push('Well. Then')).toEqual(['Well. '])
})

test('the number of a list is said with its item, however much space is between them', () => {
  expect(piecesOf('1.  Milk. 2.   Eggs.')).toEqual(['1.  Milk. ', '2.   Eggs.'])
  expect(piecesOf('Yes. 12)\n\nMilk.')).toEqual(['Yes. ', '12)\n\nMilk.'])
})
