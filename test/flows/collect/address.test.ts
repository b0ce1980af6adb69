import { expect, test } from 'vitest'
import { address } from '../../../src/flows/collect.ts'
import type { Address } from '../../../src/flows/reading/address.ts'
import { type Case, inLanguage, table } from './cases.ts'

const at = (street: string, city = '', postcode = '', unit = ''): Address => ({ street, unit, postcode, city })
const ENGLISH: readonly Case<Address>[] = [
  ['12 Baker Street, London', at('12 Baker Street', 'London')],
  ['twelve Baker Street London', at('12 Baker Street', 'London')],
  ["It's twelve Baker Street in London, please.", at('12 Baker Street', 'London')],
  ['I live at 221B Baker Street, London', at('221b Baker Street', 'London')],
  ['two twenty one b Baker Street, London', at('221b Baker Street', 'London')],
  ['five sixty two Elm Road, Springfield', at('562 Elm Road', 'Springfield')],
  ['one hundred and five Main Street, Springfield, 62704', at('105 Main Street', 'Springfield', '62704')],
  [
    '105 Main Street, Springfield, Illinois, six two seven oh four',
    at('105 Main Street', 'Springfield, Illinois', '62704'),
  ],
  ['12 Baker Street, London N W 1 6 X E', at('12 Baker Street', 'London', 'NW1 6XE')],
  ['12 Baker Street, London, NW1 6XE', at('12 Baker Street', 'London', 'NW1 6XE')],
  ['12 Baker Street, London, n w one, six x e', at('12 Baker Street', 'London', 'NW1 6XE')],
  ['12 Baker Street, flat 3, London', at('12 Baker Street', 'London', '', 'Flat 3')],
  ['flat three, 12 Baker Street, London', at('12 Baker Street', 'London', '', 'Flat 3')],
  ['1600 Pennsylvania Avenue northwest, Washington', at('1600 Pennsylvania Avenue', 'Northwest, Washington')],
  ['deliver it to 7 High Street, Oxford', at('7 High Street', 'Oxford')],
  ['12 Elm, Springfield', at('12 Elm', 'Springfield')],
  ['24 Fifth Avenue, New York', at('24 Fifth Avenue', 'New York')],
  ['Baker Street', '~And the house number?'],
  ['twelve Baker Street', '~And which city is that?'],
  ['London', at('12 Baker Street', 'London'), at('12 Baker Street')],
  ["it's in London", at('12 Baker Street', 'London'), at('12 Baker Street')],
  ['twelve', at('12 Baker Street', 'London'), at('Baker Street', 'London')],
  ['no, thirteen', at('13 Baker Street', 'London'), at('12 Baker Street', 'London')],
  ['the postcode is NW1 6XE', at('12 Baker Street', 'London', 'NW1 6XE'), at('12 Baker Street', 'London')],
  ['the zip code is 62704', at('12 Elm Road', 'Springfield', '62704'), at('12 Elm Road', 'Springfield')],
  ['no, Elm Road', at('12 Elm Road', 'London'), at('12 Baker Street', 'London')],
  ['no, 14 Elm Road', at('14 Elm Road', 'London'), at('12 Baker Street', 'London')],
  ['flat 3', at('12 Baker Street', 'London', '', 'Flat 3'), at('12 Baker Street', 'London')],
  ['with two Ms', at('12 Hammer Street', 'London'), at('12 Hamer Street', 'London')],
  ['Baxter, not Baker', at('12 Baxter Street', 'London'), at('12 Baker Street', 'London')],
  ['what?', '?I did not catch'],
  ["I don't want to say", '?I did not catch'],
  ['unknown', '?I did not catch'],
  ['yes', '?I did not catch', at('12 Baker Street', 'London')],
]
const GERMAN: readonly Case<Address>[] = [
  ['Hauptstraße 5, Berlin', at('Hauptstraße 5', 'Berlin')],
  ['Hauptstraße fünf, 10115 Berlin', at('Hauptstraße 5', 'Berlin', '10115')],
  ['in der Lindenallee zwölf in Köln', at('Lindenallee 12', 'Köln')],
  ['Berliner Straße einundzwanzig, Potsdam', at('Berliner Straße 21', 'Potsdam')],
  ['Hauptstraße', '~Und die Hausnummer?'],
  ['fünf', at('Hauptstraße 5', 'Berlin'), at('Hauptstraße', 'Berlin')],
]
const SPANISH: readonly Case<Address>[] = [
  ['calle Mayor 5, Madrid', at('Calle Mayor 5', 'Madrid')],
  ['calle Mayor cinco, 28013 Madrid', at('Calle Mayor 5', 'Madrid', '28013')],
  ['avenida de la Paz número doce, Sevilla', at('Avenida de la Paz 12', 'Sevilla')],
  ['calle Mayor', '~¿Y el número?'],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('addresses in %s', (code, cases) => {
  const { found, meant } = table(address(), cases, code)
  expect(found).toEqual(meant)
})

test('what it needs is asked for, and nothing else', () => {
  const needs = table(address({ needs: ['street'] }), [['12 Baker Street', at('12 Baker Street')]], 'en')
  expect(needs.found).toEqual(needs.meant)
  const code = table(
    address({ needs: ['street', 'city', 'postcode'] }),
    [['12 Baker Street, London', '~And the postal code?']],
    'en',
  )
  expect(code.found).toEqual(code.meant)
})

test('it is read back whole, and spelt after a refusal', () => {
  const value = at('12 Baker Street', 'London', 'NW1 6XE', 'Flat 3')
  expect(address().readBack(value, inLanguage('en'), false)).toBe(
    'That is 12 Baker Street, Flat 3, London, N W 1 6 X E.',
  )
  expect(address().readBack(at('12 Elm Road', 'York'), inLanguage('en'), true)).toBe(
    'That is 12 Elm, E L M, Road, York, Y O R K.',
  )
})
