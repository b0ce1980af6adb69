import fc from 'fast-check'
import { expect, test } from 'vitest'
import { address, choice, dateTime, email, name, number, phone, several, yesNo } from '../../../src/flows/collect.ts'
import type { Collector } from '../../../src/flows/collector.ts'
import { inLanguage } from './cases.ts'

const COLLECTORS: Readonly<Record<string, Collector>> = {
  name: name(),
  email: email(),
  phone: phone(),
  address: address(),
  when: dateTime({ zone: 'Europe/Berlin', wants: 'day and time' }),
  number: number({ decimals: true }),
  yesNo: yesNo(),
  choice: choice(['small', 'medium', 'large']),
  several: several(['ham', 'olives']),
}
const PIECES =
  `a b n double triple zwei dos with without not no yes at dot dash underscore gmail com street straße calle
  twelve hundred thousand million and point minus 5 555 555-0123 12/4 friday at five as in mike last two digits ends with
  instead of everything but , . ? @ <x> ñ ü 🍕 ﬁ İ ẞ \u0301 \u202e null undefined {size} [a] constructor __proto__`.split(
    /\s+/,
  )
/** As long as a model may pass, of words that mean something to these, and of any letters. */
const words = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 90 }).map(some => some.join(' ').slice(0, 500)),
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc
    .tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 500 }))
    .map(([piece, count]) => `${piece} `.repeat(count).slice(0, 500)),
)

test('any words give a value that is JSON and can be said, or words that say what is missing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(COLLECTORS)),
      fc.constantFrom('en', 'de', 'es'),
      fc.array(words, { minLength: 1, maxLength: 3 }),
      (kind, code, turns) => {
        const collector = COLLECTORS[kind]
        const about = inLanguage(code)
        let before: unknown
        for (const said of turns) {
          const reading = collector?.read(said, about, before)
          if (reading?.kind === 'unclear') expect(reading.why).toMatch(/[.?]$/)
          if (reading?.kind === 'more') expect(reading.ask).toMatch(/\?$/)
          if (reading === undefined || reading.kind === 'unclear') continue
          before = reading.value
          expect(JSON.parse(JSON.stringify(before))).toEqual(before)
          expect(collector?.spoken(before, about).length).toBeLessThan(3_000)
          for (const isCareful of [false, true])
            expect(collector?.readBack(before, about, isCareful) ?? '.').toMatch(/\.$/)
        }
      },
    ),
    { numRuns: 400, seed: 18 },
  )
})

test('the longest words are read, whatever they repeat', () => {
  const about = inLanguage('en')
  const hard = [
    'a '.repeat(250),
    'with '.repeat(100),
    '1 '.repeat(250),
    'not a not b '.repeat(41),
    'x'.repeat(500),
    `${'ab '.repeat(160)}street`,
    'large, '.repeat(70),
  ]
  // A pattern that takes for ever would stop here.
  for (const collector of Object.values(COLLECTORS))
    for (const said of hard) expect(collector.read(said, about, undefined).kind).toMatch(/value|more|unclear/)
})
