import { expect, test } from 'vitest'
import { name } from '../../../src/flows/collect.ts'
import { type Case, inLanguage, table, understood } from './cases.ts'

const ENGLISH: readonly Case<string>[] = [
  ['Anna Miller', 'Anna Miller'],
  ['My name is Anna Miller.', 'Anna Miller'],
  ["It's Anna.", 'Anna'],
  ["Yeah, hi, I'm Bob Smith, thanks.", 'Bob Smith'],
  ['um, this is Peter Brown speaking', 'Peter Brown'],
  ['Put it under Miller please', 'Miller'],
  ['Anna, A N N A', 'Anna'],
  ['Shane, S H A Y N E', 'Shayne'],
  ['Shayne Cole, that is S-H-A-Y-N-E C-O-L-E', 'Shayne Cole'],
  ['Miller, M I double L E R', 'Miller'],
  ['A N N A space M I L L E R', 'Anna Miller'],
  ['Anna Kowalczyk, K O W A L C Z Y K', 'Anna Kowalczyk'],
  ['first name Anna, last name Meier, M E I E R', 'Anna Meier'],
  ['M as in Mike, I, L, L, E, R', 'Miller'],
  ['Lima, echo, echo', 'Lee'],
  ['Smythe, S M Y T H E', 'Smythe'],
  ["Sinead O'Connor", "Sinead O'Connor"],
  ['Jean-Luc Picard', 'Jean-Luc Picard'],
  ['Maria de la Cruz', 'Maria de la Cruz'],
  ['ludwig van beethoven', 'Ludwig van Beethoven'],
  ['José García', 'José García'],
  ['what?', '?I did not catch'],
  ["I don't want to say", '?I did not catch'],
  ['unknown', '?I did not catch'],
  ['N/A', '?I did not catch'],
  ['', '?I did not catch'],
  ['555 0123', '?I did not catch'],
  ['anna@example.com', '?I did not catch'],
  ['with two Ls', 'Miller', 'Miler'],
  ['No, with two Ls.', 'Anna Miller', 'Anna Miler'],
  ['with one L', 'Miler', 'Miller'],
  ["it's with a single n", 'Ana', 'Anna'],
  ['with a C, not a K', 'Carl', 'Karl'],
  ['C instead of K', 'Carl', 'Karl'],
  ['B as in Bravo, not P', 'Bauer', 'Pauer'],
  ['Meyer, not Meier', 'Anna Meyer', 'Anna Meier'],
  ['not Meier but Meyer', 'Anna Meyer', 'Anna Meier'],
  ['no, M E Y E R', 'Anna Meyer', 'Anna Meier'],
  ["no, it's Paul Baker", 'Paul Baker', 'Anna Meier'],
  ['with two Ls', '?I am not sure which letter', 'Olga Smilich Wolanski'],
]
const GERMAN: readonly Case<string>[] = [
  ['Mein Name ist Anna Müller.', 'Anna Müller'],
  ['Ich heiße Karl Groß', 'Karl Groß'],
  ['Meier, M E I E R', 'Meier'],
  ['Müller, M Ü doppel L E R', 'Müller'],
  ['M wie Martha, A, Y', 'May'],
  ['mit zwei L', 'Müller', 'Müler'],
  ['mit C, nicht mit K', 'Carl', 'Karl'],
  ['weiß nicht', '?Den Namen habe ich nicht'],
]
const SPANISH: readonly Case<string>[] = [
  ['Me llamo Ana García', 'Ana García'],
  ['soy Carlos', 'Carlos'],
  ['Ibáñez, i be a eñe e zeta', 'Ibañez'],
  ['con dos enes', 'Anna', 'Ana'],
  ['con b, no con v', 'Balbuena', 'Valbuena'],
  ['no sé', '?No he entendido el nombre'],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('names in %s', (code, cases) => {
  const { found, meant } = table(name(), cases, code)
  expect(found).toEqual(meant)
})

test('a name that is spelt or unusual is read back by its letters, a common one is only mentioned', () => {
  const about = inLanguage('en')
  const inDoubt = (words: string) => {
    const reading = name().read(words, about, undefined)
    return reading.kind === 'value' && reading.inDoubt === true
  }
  expect(inDoubt('Anna Miller')).toBe(false)
  expect(inDoubt('Shayne Cole')).toBe(true)
  expect(inDoubt('Anna, A N N A')).toBe(true)
  expect(name().readBack('Anna Miller', about, false)).toBe(undefined)
  expect(name().readBack('Shayne Cole', about, true)).toBe('That is Shayne Cole, S H A Y N E, C O L E.')
  expect(name({ spell: 'always' }).readBack('Anna', about, false)).toBe('That is Anna, A N N A.')
})

test('words of any length and kind give an answer at once', () => {
  const about = inLanguage('en')
  for (const words of ['a '.repeat(250), 'double '.repeat(100), 'with two '.repeat(60), 'x'.repeat(500)])
    expect(understood(name().read(words, about, 'Anna'))).toMatch(/^[?\p{Lu}]/u)
})
