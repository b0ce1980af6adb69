import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestMatches } from '../../../src/tasks/store/title-match.ts'
import { titleWords } from '../../../src/tasks/store/title-words.ts'

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

test.each([
  ['Fix the Wi-Fi', ['wifi', 'wi fi', 'Wi-Fi', 'the WiFi one']],
  ['Fix the wifi', ['wifi', 'wi fi', 'wi-fi']],
  ['Call Doctor Smith', ['Dr. Smith', 'dr smith', 'Doctor Smith']],
  ['Call Dr. Smith', ['Dr Smith', 'doctor smith']],
  ['Dinner at 5 pm', ['dinner at five', 'the 5pm dinner', 'dinner at 5:00', 'the five p.m. one']],
  ['Send the e-mail', ['email', 'e mail', 'E-mail']],
  ['Write a to-do list', ['to do list', 'todo list', 'the list']],
  ["Call O'Brien", ['obrien', 'O Brien', 'O’Brien', "o'briens"]],
  ['Réserver un café', ['cafe', 'Café', 'reserver cafe']],
  ['Salt & pepper', ['salt and pepper', 'pepper and salt', 'salt & pepper']],
  ['Visit St. Mary', ['Saint Mary', 'st mary']],
  ['Meet at 10 Oak St.', ['ten oak street', '10 Oak Street', 'Oak St']],
  ['Buy twenty five chairs', ['25 chairs', 'twenty-five chairs']],
  ['Draft for the 21st', ['twenty first draft', 'the draft for the twenty-first']],
  ['First draft', ['1st draft', 'the first draft']],
  ['Check the voicemail', ['voice mail', 'voice-mail', 'voicemail']],
  ['Change the voice mail password', ['voicemail password', 'password voicemail']],
  ['Follow-up with Anna', ['followup anna', 'follow up', 'follow-up']],
  ['Print T-shirts', ['t shirt', 'tshirts', 'T-shirts']],
  ['Watch television', ['tv']],
])('%j is found however it is written', (title, saids) => {
  const among = [{ words: titleWords(title) }, { words: titleWords('Unicorn parade') }]
  for (const said of saids) expect(bestMatches(titleWords(said), among)?.matches, said).toEqual([among[0]])
})

test.each([
  ['First draft', 'second draft'],
  ['Buy 25 chairs', 'five chairs'],
  ['Call Doctor Smith', 'Doctor Jones'],
  ['Pay rent', 'ear'],
  ['Plan B', 'plan a trip'],
])('%j is not meant by %j', (title, said) => {
  expect(bestMatches(titleWords(said), [{ words: titleWords(title) }])).toBeUndefined()
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
