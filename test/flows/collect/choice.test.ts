import { expect, test } from 'vitest'
import { choice, several } from '../../../src/flows/collect.ts'
import { type Case, inLanguage, table } from './cases.ts'

const SIZES = choice({
  small: ['small', 'little'],
  medium: ['medium', 'regular'],
  large: ['large', 'big'],
  xl: ['extra large', 'family size'],
})
const TOPPINGS = several(['mushrooms', 'olives', 'onions', 'ham', 'pineapple'])
const ALL = ['mushrooms', 'olives', 'onions', 'ham', 'pineapple']

const ONE: readonly Case<string>[] = [
  ['small', 'small'],
  ['Small, please.', 'small'],
  ['a large one', 'large'],
  ['the big one', 'large'],
  ["I'll take the regular", 'medium'],
  ['extra large', 'xl'],
  ['extra-large please', 'xl'],
  ['family size', 'xl'],
  ['the first one', 'small'],
  ['the second one please', 'medium'],
  ['the second one', 'medium'],
  ['the last one', 'xl'],
  ['large, no, small', 'small'],
  ['small, wait, medium', 'medium'],
  ['actually make it large', 'large'],
  ['not the large, the small', 'small'],
  ['small, not large', 'small'],
  ['medium instead of large', 'medium'],
  ['mediun', 'medium'],
  ['small or large', '?Do you mean small or large?'],
  ['huge', '?There is small, medium, large and extra large.'],
  ['what sizes are there?', '?There is small'],
  ['', '?There is small'],
  ['n/a', '?There is small'],
  ['large large large', 'large'],
  ['largest', '?There is small'],
  ['um, medium I guess', 'medium'],
]
const SOME: readonly Case<readonly string[]>[] = [
  ['mushrooms and olives', ['mushrooms', 'olives']],
  ['olives, mushrooms, ham', ['mushrooms', 'olives', 'ham']],
  ['just ham please', ['ham']],
  ['mushroom', ['mushrooms']],
  ['extra onion', ['onions']],
  ['none', []],
  ['nothing', []],
  ['no thanks', []],
  ['no', []],
  ['everything', ALL],
  ['all of them', ALL],
  ['everything but olives', ['mushrooms', 'onions', 'ham', 'pineapple']],
  ['everything except onions and ham', ['mushrooms', 'olives', 'pineapple']],
  ['ham and pineapple, no onions', ['ham', 'pineapple']],
  ['mushrooms, wait, olives', ['olives']],
  ['pinapple', ['pineapple']],
  ['anchovies', '?There is mushrooms'],
  ['pardon?', '?There is mushrooms'],
  ['add onions', ['mushrooms', 'onions'], ['mushrooms']],
  ['also ham', ['mushrooms', 'ham'], ['mushrooms']],
  ['no mushrooms', ['olives'], ['mushrooms', 'olives']],
  ['without mushrooms', ['olives'], ['mushrooms', 'olives']],
  ['hold the onions', ['ham'], ['onions', 'ham']],
  ['ham instead of onions', ['olives', 'ham'], ['olives', 'onions']],
  ['no onions or ham', ['olives'], ['olives', 'onions', 'ham']],
  ['olives', ['olives'], ['mushrooms', 'ham']],
  ['add olives, no ham', ['mushrooms', 'olives'], ['mushrooms', 'ham']],
]

test('one of several in English', () => {
  const { found, meant } = table(SIZES, ONE, 'en')
  expect(found).toEqual(meant)
})

test('some of several in English', () => {
  const { found, meant } = table(TOPPINGS, SOME, 'en')
  expect(found).toEqual(meant)
})

test('in German and Spanish, by the names there', () => {
  const how = choice({
    delivery: { en: ['delivery'], de: ['liefern', 'Lieferung'], es: ['a domicilio'] },
    pickup: { en: ['pick-up'], de: ['abholen', 'Abholung'], es: ['recoger'] },
  })
  const german = table(
    how,
    [
      ['Liefern bitte', 'delivery'],
      ['ich hole ab, also abholen', 'pickup'],
      ['nicht liefern, abholen', 'pickup'],
      ['das zweite', 'pickup'],
      ['wie bitte', '?Es gibt liefern und abholen.'],
    ],
    'de',
  )
  expect(german.found).toEqual(german.meant)
  const spanish = table(
    how,
    [
      ['a domicilio', 'delivery'],
      ['prefiero recoger', 'pickup'],
      ['la segunda', 'pickup'],
      ['qué', '?Hay a domicilio y recoger.'],
    ],
    'es',
  )
  expect(spanish.found).toEqual(spanish.meant)
  expect(how.spoken('delivery', inLanguage('de'))).toBe('liefern')
})

test('nothing is said as such', () => {
  expect(TOPPINGS.spoken([], inLanguage('en'))).toBe('nothing')
  expect(TOPPINGS.spoken(['ham', 'olives', 'onions'], inLanguage('de'))).toBe('ham, olives und onions')
})
