import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEAR_RANGES } from '../../../../src/channels/phone/ring-out/dear-ranges.ts'
import { mayRing } from '../../../../src/channels/phone/ring-out/may-ring.ts'

const ALLOWED = ['+49', '+1', '+44', '+34', '+41', '+43', '+15550001111']
const OWN = ['+4930999999']
const may = (number: string, allowed: readonly string[] = ALLOWED) => mayRing(number, allowed, OWN).kind

test.each(['+4930123456', '+4915112345678', '+12125550123', '+442071838750', '+34912345678', '+41443643533'])(
  'an ordinary number of a country that is allowed may be rung: %s',
  number => expect(may(number)).toBe('yes'),
)

test.each([
  ['premium in Germany', '+499001234567'],
  ['a vote by telephone in Germany', '+491371234567'],
  ['premium in the USA', '+19005550123'],
  ['a 976 line in the USA', '+12129761234'],
  ['an island that looks like the USA', '+18765550123'],
  ['premium in Britain', '+449012345678'],
  ['a personal number in Britain', '+447012345678'],
  ['premium in Spain', '+34806123456'],
  ['a satellite', '+881612345678'],
  ['a country that nobody has named', '+33123456789'],
  ['our own number', '+4930999999'],
])('%s may not be rung', (_, number) => expect(may(number)).toBe('no'))

test.each([
  '',
  '030123456',
  '+',
  '+0123456789',
  '911',
  '112',
  '+49 30 123456',
  '+4930123456,',
  'sip:a@b',
  '+49123',
  '+4912345678901234',
  '+٤٩٣٠١٢٣٤٥٦',
])('what is no whole number may not be rung: "%s"', number => expect(may(number)).toBe('no'))

test('a dear range may be rung where it is named as exactly as the range, or the number itself is', () => {
  expect(may('+499001234567', ['+49', '+49900'])).toBe('yes')
  expect(may('+12129761234', ['+12129761234'])).toBe('yes')
  expect(may('+12129761234', ['+1212976'])).toBe('no')
})

test('with nothing allowed nobody may be rung', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 15 }),
      digits => may(`+${digits}`, []) === 'no',
    ),
  )
})

test('no number of a dear range may be rung by naming its country alone', () => {
  const countries = DEAR_RANGES.map(range => range.slice(0, 3)).concat('+1')
  fc.assert(
    fc.property(
      fc.constantFrom(...DEAR_RANGES),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 9 }),
      (range, rest) => {
        expect(
          may(
            range + rest,
            countries.filter(country => country.length < range.length),
          ),
        ).toBe('no')
      },
    ),
  )
})
