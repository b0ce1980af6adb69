import { expect, test } from 'vitest'
import { dateTime } from '../../../src/flows/collect.ts'
import { type Case, inLanguage, table } from './cases.ts'

const zone = 'Europe/Berlin'
/** Saturday the 28th of November 2026, noon. */
const BOTH: readonly Case<string>[] = [
  ['Friday at half past five', '2026-12-04T17:30'],
  ['on Friday, at half past five please', '2026-12-04T17:30'],
  ['tomorrow at noon', '2026-11-29T12:00'],
  ['today at seven', '2026-11-28T19:00'],
  ['tonight at eight', '2026-11-28T20:00'],
  ['next Monday at nine in the morning', '2026-11-30T09:00'],
  ['December third at quarter to six', '2026-12-03T17:45'],
  ['the fourth of December at five thirty pm', '2026-12-04T17:30'],
  ['Tuesday at 6:15', '2026-12-01T18:15'],
  ['Wednesday, 10 am', '2026-12-02T10:00'],
  ['in two hours', '2026-11-28T14:00'],
  ['how about Friday at five', '2026-12-04T17:00'],
  ["let's say Thursday at seven thirty", '2026-12-03T19:30'],
  ['Friday at five would be great', '2026-12-04T17:00'],
  ['Friday at five, no, six', '2026-12-04T18:00'],
  ['Friday, no, Saturday at five', '2026-12-05T17:00'],
  ['2026-12-04 17:30', '2026-12-04T17:30'],
  ['2026-12-04T17:30', '2026-12-04T17:30'],
  ['Friday', '~And at what time?'],
  ['tomorrow', '~And at what time?'],
  ['at half past five', '2026-12-04T17:30', '2026-12-04'],
  ['five thirty', '2026-12-04T17:30', '2026-12-04'],
  ['no, at six', '2026-12-04T18:00', '2026-12-04T17:30'],
  ['make it Saturday', '2026-12-05T17:30', '2026-12-04T17:30'],
  ['actually Monday', '2026-11-30T17:30', '2026-12-04T17:30'],
  ['February thirtieth at five', '?February has no thirtieth.'],
  ['yesterday at five', '?'],
  ['Friday or Saturday', '?That sounds like more than one date.'],
  ['every Friday', '?A task is due once'],
  ['soon', '?'],
  ['whatever', '?I did not understand that date.'],
  ['unknown', '?I did not catch'],
]
const DAY: readonly Case<string>[] = [
  ['Friday', '2026-12-04'],
  ['Friday at five', '2026-12-04'],
  ['the third of March', '2027-03-03'],
  ['in a week', '2026-12-05'],
]

test('days and times in English', () => {
  const { found, meant } = table(dateTime({ zone, wants: 'day and time' }), BOTH, 'en')
  expect(found).toEqual(meant)
})

test('days alone', () => {
  const { found, meant } = table(dateTime({ zone, wants: 'day' }), DAY, 'en')
  expect(found).toEqual(meant)
})

test('other languages get the English words of the model, and hear their own', () => {
  const when = dateTime({ zone, wants: 'day and time' })
  const { found, meant } = table(
    when,
    [
      ['Friday at half past five', '2026-12-04T17:30'],
      ['am Freitag', '?Das Datum habe ich nicht verstanden.'],
    ],
    'de',
  )
  expect(found).toEqual(meant)
  expect(when.spoken('2026-12-04T17:30', inLanguage('en'))).toBe('Friday at five thirty')
  expect(when.spoken('2026-12-04T17:30', inLanguage('de'))).toBe('Freitag, 4. Dezember um 17:30 Uhr')
  expect(when.spoken('2026-12-04T17:30', inLanguage('es'))).toBe('viernes 4 de diciembre a las 17:30')
})
