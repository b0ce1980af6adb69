import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JOURNAL_VERSION, type JournalLine } from '../../src/conversation/lines.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { english } from '../../src/languages/english.ts'
import { maskedLine, masking, withoutNumbers } from '../../src/staff/calls/masked.ts'
import { numberWordsOf } from '../../src/staff/calls/number-words.ts'
import { CALLER } from './one-call.ts'

const words = numberWordsOf([english.digits])
const mask = masking(CALLER, words)
const place = { v: JOURNAL_VERSION, seq: 1, atMs: 0 } as const
const NUMBER_WORDS = [
  ...[...english.digits.names.keys()].filter(name => name !== 'oh'),
  ...english.digits.groups.keys(),
]
const hasNumberWord = (text: string): boolean =>
  text
    .toLowerCase()
    .split(/[^a-z]+/)
    .some(word => NUMBER_WORDS.includes(word))

test('a number that comes in pieces is not told to a listener, and whole to a supervisor', () => {
  const spoken = ['call', '555', 'five', 'Five', 'oh', 'one.'].map(text => ({ text, startMs: 0, endMs: 9 }))
  const lines: readonly JournalLine[] = [
    ...['Ring +1555', '123', '0123.', ' fi', 've five', ' fif', 'ty'].map(text => ({
      ...place,
      input: { kind: 'delta', reply: 1, part: 0, text } as const,
    })),
    { ...place, input: { kind: 'speech-words', reply: 1, part: 0, words: spoken } },
    { ...place, input: { kind: 'digit', digit: '7', atMs: 0 } },
    { ...place, input: { kind: 'words', text: 'it is 555123 five', final: false, ended: false, atMs: 0 } },
    { ...place, input: { kind: 'words', text: 'it is 555 and', final: true, ended: false, atMs: 0 } },
    { ...place, input: { kind: 'words', text: 'five double one', final: true, ended: false, atMs: 0 } },
  ]
  const told = lines.map(line => maskedLine(line, mask)).join()
  expect(told).not.toMatch(/555|123|"7"|five|" fi|ve"|fif|ty"/i)
  expect(hasNumberWord(told)).toBe(false)
  expect(told).toContain('"call"')
  const few = ['for', 'two', 'at', 'seven', 'five,', 'or', 'one'].map(text => ({ text, startMs: 0, endMs: 9 }))
  const masked = maskedLine({ ...place, input: { kind: 'speech-words', reply: 1, part: 0, words: few } }, mask)
  expect(
    JSON.parse(masked)
      .input.words.map(({ text }: { text: string }) => text)
      .join(' '),
  ).toBe('for two at ••• •••, or •••')
  expect(lines.map(line => maskedLine(line, undefined))).toEqual(lines.map(line => JSON.stringify(line)))
  const whole = { ...place, decided: { kind: 'clause', reply: 1, part: 0, text: `Ring ${CALLER} at 17:30.` } } as const
  expect(maskedLine(whole, mask)).toContain('Ring ••• ••• 0123 at 17:30.')
  const keyed = { ...emptyUtterance(0), digits: '5551', interimWords: 'five 551' }
  const turn = JSON.parse(maskedLine({ ...place, noted: { kind: 'turn', utterance: keyed } }, mask))
  expect(turn.noted.utterance).toMatchObject({ digits: '••••', interimWords: '••• •••' })
})

test('the mask leaves dates, times, money and other short numbers as they are', () => {
  const plain = [
    'on 2026-11-27T12:00:00.000Z at 17:30, 12,345.67 USD, order 4711-0815, CA1a1a1a1a',
    'A table for two at seven thirty, or at five o’clock, on November twenty-sixth, twenty twenty-six.',
    'It is one hundred and twenty-five dollars for one or two, on the phone; nobody opens it.',
    'Oh, one more thing: someone’s double room, at ten, eleven.',
  ]
  for (const text of plain) expect(mask.text(text)).toBe(text)
  expect(masking(null, words).text('+1 is none, +442071838750 and +44 (20) 7183-8750 are')).toBe(
    '+1 is none, ••• ••• 8750 and ••• ••• 8750 are',
  )
})

test('a number in spoken words is hidden word by word, however it is said', () => {
  const said: readonly (readonly [string, string])[] = [
    ['Call five five five, one two three.', 'Call ••• ••• •••, ••• ••• •••.'],
    ['FIVE FIVE FIVE please', '••• ••• ••• please'],
    ['It is oh seven double nine', 'It is ••• ••• ••• •••'],
    ['fifty-five twelve thirty-four', '•••-••• ••• •••-•••'],
    ['Five. Five. Five… one', '•••. •••. •••… •••'],
    ['nine 551 two', '••• ••• •••'],
    ['eight hundred five five five', 'eight hundred ••• ••• •••'],
    ['five o five', '••• ••• •••'],
  ]
  for (const [text, hidden] of said) expect(mask.text(text)).toBe(hidden)
  expect(withoutNumbers('call 555 123 4567 or five five five', words)).toBe('call ••• ••• 4567 or ••• ••• •••')
})

test('of a telephone number that is said in groups, in one text or in several, nothing can be read', () => {
  const digits = fc.array(fc.constantFrom(...[...english.digits.names.keys()].slice(0, 10)), {
    minLength: 7,
    maxLength: 15,
  })
  const between = fc.constantFrom(' ', ', ', '. ', '… ', '-')
  fc.assert(
    fc.property(digits, between, fc.constantFrom(2, 3, 4), (names, gap, size) => {
      const groups = Array.from({ length: Math.ceil(names.length / size) }, (_, at) =>
        names.slice(at * size, at * size + size).join(' '),
      )
      expect(hasNumberWord(mask.text(`My number is ${groups.join(gap)}, thanks.`))).toBe(false)
      const finals = groups.map(
        (text): JournalLine => ({
          ...place,
          input: { kind: 'words', text, final: true, ended: false, atMs: 0 },
        }),
      )
      const told = finals.filter(line => hasNumberWord(maskedLine(line, mask)))
      // A single digit that is left over is no number.
      expect(told.length).toBeLessThanOrEqual(names.length % size === 1 ? 1 : 0)
    }),
  )
})

test('an endless row of number words takes no longer than its length', () => {
  const long = 'five five, '.repeat(50_000)
  expect(mask.text(long)).toBe('••• •••, '.repeat(50_000))
  expect(mask.text(`${'oh-'.repeat(100_000)}x`)).toContain('x')
})
