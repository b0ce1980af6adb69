import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestMatches, titleWords } from '../../../src/tasks/store/title-match.ts'

const TITLES = [
  'Review the proposal',
  'Call the vendor',
  'Call the vendor about the invoice',
  'Review the quarterly report',
  'Write the quarterly plan',
  'Buy 2 tickets',
  "Pay Anna's invoice",
  'Tax return 2025',
  'Tax return 2024',
  'Do this',
  'Réserver un café',
]
const named = TITLES.map(title => ({ title, words: titleWords(title) }))
const found = (said: string): readonly string[] =>
  (bestMatches(titleWords(said), named)?.matches ?? []).map(({ title }) => title)

test.each([
  ['the proposal one', ['Review the proposal']],
  ['my proposal task please', ['Review the proposal']],
  ['reviewing proposals', ['Review the proposal']],
  ['proposal review', ['Review the proposal']],
  ['the one about the vendor', ['Call the vendor', 'Call the vendor about the invoice']],
  ['call the vendor', ['Call the vendor']],
  ['the vendor call', ['Call the vendor']],
  ['the vender', ['Call the vendor', 'Call the vendor about the invoice']],
  ['vendor invoice', ['Call the vendor about the invoice']],
  ['the invoice', ['Call the vendor about the invoice', "Pay Anna's invoice"]],
  ['the report quarterly', ['Review the quarterly report']],
  ['quaterly', ['Review the quarterly report', 'Write the quarterly plan']],
  ['buy two tickets', ['Buy 2 tickets']],
  ['pay annas invoice', ["Pay Anna's invoice"]],
  ['tax return 2025', ['Tax return 2025']],
  ['tax return 2026', []],
  ['do this', ['Do this']],
  ['reserver cafe', ['Réserver un café']],
  ['REVIEW   the PROPOSAL!!', ['Review the proposal']],
  ['the one', []],
  ['the unicorn', []],
  ['vendor unicorn', []],
  ['', []],
])('%j means %j', (said, titles) => {
  expect(found(said)).toEqual(titles)
})

test('a title in any script is found by its own words, and no words throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), title => {
      const words = titleWords(title)
      const match = bestMatches(words, [{ words: 'other' }, { words }])
      expect(match?.quality).toBe(words === '' ? undefined : 'exact')
    }),
    { seed: 1 },
  )
})

test('one typo of any kind in a word of six or seven letters is allowed', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 6, maxLength: 7 })
  fc.assert(
    fc.property(word, fc.nat(5), fc.constantFrom('x', '', 'swap', 'put in'), (said, at, typo) => {
      const [letter, next] = [said.charAt(at), said.charAt(at + 1)]
      const typos = { x: `x${next}`, '': next, swap: next + letter, 'put in': `${letter}x${next}` }
      const misspelt = said.slice(0, at) + typos[typo] + said.slice(at + 2)
      expect(bestMatches(misspelt, [{ words: said }, { words: 'zzzzzz' }])?.matches).toEqual([{ words: said }])
    }),
    { seed: 2 },
  )
})
