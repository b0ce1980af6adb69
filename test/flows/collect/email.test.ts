import { expect, test } from 'vitest'
import { email } from '../../../src/flows/collect.ts'
import { type Case, inLanguage, table } from './cases.ts'

const ENGLISH: readonly Case<string>[] = [
  ['anna dot miller at gmail dot com', 'anna.miller@gmail.com'],
  ['Anna.Miller@gmail.com', 'anna.miller@gmail.com'],
  ["it's anna at gmail dot com", 'anna@gmail.com'],
  ['my email address is anna at gmail dot com please', 'anna@gmail.com'],
  ['You can reach me at anna at gmail dot com', 'anna@gmail.com'],
  ['A N N A at gmail dot com', 'anna@gmail.com'],
  ['anna, A N N A, at gmail dot com', 'anna@gmail.com'],
  ['shane, S H A Y N E, dot cole at gmail dot com', 'shayne.cole@gmail.com'],
  ['a double n a at gmail dot com', 'anna@gmail.com'],
  ['j underscore smith at yahoo dot co dot uk', 'j_smith@yahoo.co.uk'],
  ['j under score smith at my dash company dot com', 'j_smith@my-company.com'],
  ['mary hyphen jane at example hyphen site dot org', 'mary-jane@example-site.org'],
  ['anna plus news at gmail dot com', 'anna+news@gmail.com'],
  ['anna ninety nine at gmail dot com', 'anna99@gmail.com'],
  ['anna one two three at gmail dot com', 'anna123@gmail.com'],
  ['anna nineteen eighty four at gmail dot com', 'anna1984@gmail.com'],
  ['anna two thousand and one at gmail dot com', 'anna2001@gmail.com'],
  ['bond double oh seven at gmail dot com', 'bond007@gmail.com'],
  ['anna miller all one word at gmail dot com', 'annamiller@gmail.com'],
  ['all lowercase, anna at hotmail dot com', 'anna@hotmail.com'],
  ['anna at g mail dot com', 'anna@gmail.com'],
  ['anna at gmail', 'anna@gmail.com'],
  ['anna at gmail dot calm', 'anna@gmail.com'],
  ['anna at hot mail com', 'anna@hotmail.com'],
  ['anna at the rate gmail dot com', 'anna@gmail.com'],
  ['anna at A C M E dot com', 'anna@acme.com'],
  ['info at web dot d e', 'info@web.de'],
  ['m as in mike, dot, jones at outlook dot com', 'm.jones@outlook.com'],
  ['anna period miller at i cloud dot com', 'anna.miller@icloud.com'],
  ['Anna dot Miller', '~And what comes after the at?'],
  ['gmail dot com', 'anna.miller@gmail.com', 'anna.miller'],
  ['at gmail dot com', 'anna.miller@gmail.com', 'anna.miller'],
  ['anna dot miller at', '~And what comes after the at?'],
  ['anna dot dot miller at gmail dot com', '?I did not catch'],
  ['anna at something', '?I did not catch'],
  ['I do not have one', '?I did not catch'],
  ['<email>', '?I did not catch'],
  ['not provided', '?I did not catch'],
  ['no, with two Ls', 'miller@gmail.com', 'miler@gmail.com'],
  ['it has only one n', 'ana@gmail.com', 'anna@gmail.com'],
  ['dash, not dot', 'anna-miller@web.de', 'anna.miller@web.de'],
  ['underscore instead of dash', 'anna_miller@web.de', 'anna-miller@web.de'],
  ['no, at hotmail dot com', 'anna@hotmail.com', 'anna@gmail.com'],
  ['hotmail not gmail', 'anna@hotmail.com', 'anna@gmail.com'],
  ['b as in bravo, not d', 'bob@gmail.com', 'dob@gmail.com'],
  ['without the underscore', 'annamiller@gmail.com', 'anna_miller@gmail.com'],
  ["no, it's paul at example dot com", 'paul@example.com', 'anna@gmail.com'],
]
const GERMAN: readonly Case<string>[] = [
  ['anna punkt müller ät web punkt de', 'anna.mueller@web.de'],
  ['anna unterstrich meier at gmx punkt de', 'anna_meier@gmx.de'],
  ['meine E-Mail-Adresse ist info klammeraffe example bindestrich firma punkt de', 'info@example-firma.de'],
  ['a n n a ät g m x punkt net', 'anna@gmx.net'],
  ['anna neunundneunzig ät web punkt de', 'anna99@web.de'],
  ['mit zwei l', 'miller@web.de', 'miler@web.de'],
  ['bindestrich statt punkt', 'anna-miller@web.de', 'anna.miller@web.de'],
]
const SPANISH: readonly Case<string>[] = [
  ['ana punto garcía arroba gmail punto com', 'ana.garcia@gmail.com'],
  ['ana guion bajo ruiz arroba hotmail punto es', 'ana_ruiz@hotmail.es'],
  ['mi correo es a n a arroba yahoo punto es', 'ana@yahoo.es'],
  ['ana veintiuno arroba gmail punto com', 'ana21@gmail.com'],
  ['con dos enes', 'anna@gmail.com', 'ana@gmail.com'],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('e-mail addresses in %s', (code, cases) => {
  const { found, meant } = table(email(), cases, code)
  expect(found).toEqual(meant)
})

test('its words are spelt when it is read back, and an unknown host as well', () => {
  const readBack = (value: string, isCareful = false) => email().readBack(value, inLanguage('en'), isCareful)
  expect(readBack('anna@gmail.com')).toBe('That is anna, A N N A, at gmail dot com.')
  expect(readBack('anna.miller99@gmail.com')).toBe(
    'That is anna, A N N A, dot miller, M I L L E R, 9 9 at gmail dot com.',
  )
  expect(readBack('anna@acme.co.uk')).toBe('That is anna, A N N A, at acme, A C M E, dot co dot uk.')
  expect(readBack('anna@gmail.com', true)).toBe('That is A N N A, at gmail dot com.')
  expect(email().readBack('anna_b@web.de', inLanguage('de'), false)).toBe(
    'Das ist anna, A N N A, Unterstrich B ät web Punkt de.',
  )
})

test('what was guessed is read back in doubt', () => {
  expect(email().read('anna at gmail', inLanguage('en'), undefined)).toEqual({
    kind: 'value',
    value: 'anna@gmail.com',
    inDoubt: true,
  })
})
