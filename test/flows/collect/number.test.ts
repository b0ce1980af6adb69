import { expect, test } from 'vitest'
import { number } from '../../../src/flows/collect.ts'
import { type Case, table } from './cases.ts'

const ENGLISH: readonly Case<number>[] = [
  ['two', 2],
  ['2', 2],
  ['Just one, please.', 1],
  ['a couple', 2],
  ['a dozen', 12],
  ['half a dozen', 6],
  ['twenty five', 25],
  ['twenty-five', 25],
  ['a hundred', 100],
  ['one hundred and twenty', 120],
  ['two hundred fifty', 250],
  ['twelve hundred', 1200],
  ['three thousand', 3000],
  ['two thousand and one', 2001],
  ['one million', 1_000_000],
  ['1,200', 1200],
  ['there are four of us', 4],
  ['a table for six', 6],
  ['just me', 1],
  ['both of us', 2],
  ['two, no, three', 3],
  ['two, sorry, I mean four people', 4],
  ['four, actually make it five', 5],
  ['two pizzas, yes two', 2],
  ['zero', 0],
  ['none', '?I did not catch'],
  ['two or three', '?I heard 2 and 3.'],
  ['three and a half', '?It must be a whole number.'],
  ['three point five', '?It must be a whole number.'],
  ['minus five', '?It must be at least 0.'],
  ['a few', '?I did not catch'],
  ['lots', '?I did not catch'],
  ['', '?I did not catch'],
]
const GERMAN: readonly Case<number>[] = [
  ['zwei', 2],
  ['einundzwanzig', 21],
  ['hundertzwanzig', 120],
  ['eintausendzweihundert', 1200],
  ['zweitausendeins', 2001],
  ['1.200', 1200],
  ['wir sind zu viert', 4],
  ['zwei, nein, drei', 3],
  ['ein Dutzend', 12],
]
const SPANISH: readonly Case<number>[] = [
  ['dos', 2],
  ['veintiuno', 21],
  ['treinta y dos', 32],
  ['ciento veinte', 120],
  ['dos mil uno', 2001],
  ['dos, no, tres', 3],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('numbers in %s', (code, cases) => {
  const { found, meant } = table(number(), cases, code)
  expect(found).toEqual(meant)
})

test('its bounds are told, and decimals are understood where they may be', () => {
  const cases: readonly Case<number>[] = [
    ['one', '?It must be at least 2.'],
    ['nine', '?It can be 8 at most.'],
    ['two point five', 2.5],
    ['two and a half', 2.5],
    ['3.25', 3.25],
    ['seven point zero five', 7.05],
  ]
  const { found, meant } = table(number({ least: 2, most: 8, decimals: true }), cases, 'en')
  expect(found).toEqual(meant)
  const german = table(
    number({ decimals: true }),
    [
      ['zwei Komma fünf', 2.5],
      ['2,5', 2.5],
      ['anderthalb', 1.5],
    ],
    'de',
  )
  expect(german.found).toEqual(german.meant)
})
