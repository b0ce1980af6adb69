import { expect, test } from 'vitest'
import { patienceFor, spells, trailsOff } from '../../src/conversation/patience.ts'
import { nothingSaid } from '../../src/conversation/said.ts'

test.each([
  'I would like to',
  'and then, um',
  'Well, uh...',
  'remind me at',
  'because',
  'let me think',
  'Hold on.',
  'give me a second',
  'my name is',
  "I'm",
  'I’m',
])('"%s" trails off', text => {
  expect(trailsOff(text)).toBe(true)
})

test.each([
  '',
  'yes',
  'no.',
  'move it to Friday',
  'I want to go home',
  'hold on to that thought please',
  'let me think about dinner',
  'the human',
  'Cancel that.',
  'Turn it on.',
  'Yes, it is.',
  'go ahead and call Anna',
])('"%s" does not trail off', text => {
  expect(trailsOff(text)).toBe(false)
})

test.each([
  ['my number is five five five', true],
  ['5 5 5 0 1', true],
  ['oh one double', true],
  ['a table for two at seven', false],
  ['two thirty', false],
])('"%s" spells a number: %s', (text, expected) => {
  expect(spells(text)).toBe(expected)
})

test.each([
  { said: {}, patience: { ms: 3_000, why: 'no words yet' } },
  { said: { finals: 'call Anna' }, patience: { ms: 500, why: 'complete' } },
  { said: { finals: 'five five five' }, patience: { ms: 1_500, why: 'spelling' } },
  { said: { finals: 'call Anna', complete: 0.9 }, patience: { ms: 500, why: 'complete' } },
  { said: { finals: 'call Anna', complete: 0.3 }, patience: { ms: 1_000, why: 'uncertain' } },
  { said: { finals: 'call Anna', complete: 0.05 }, patience: { ms: 2_500, why: 'trails off' } },
  { said: { finals: 'call Anna and', complete: 0.9 }, patience: { ms: 2_500, why: 'trails off' } },
  { said: { interim: 'call Anna and' }, patience: { ms: 2_500, why: 'trails off' } },
  { said: { finals: 'call Anna', interim: 'and' }, patience: { ms: 2_500, why: 'trails off' } },
  { said: { finals: 'call Anna and', digits: '4' }, patience: { ms: 2_000, why: 'keys' } },
])('patience after $said is $patience', ({ said, patience }) => {
  expect(patienceFor({ ...nothingSaid(0), ...said }, { shortMs: 500, middleMs: 1_000, longMs: 2_500 })).toEqual(
    patience,
  )
})
