import { expect, test } from 'vitest'
import { phone } from '../../../src/flows/collect.ts'
import { type Case, inLanguage, table } from './cases.ts'

const ENGLISH: readonly Case<string>[] = [
  ['five five five oh one two three', '5550123'],
  ['triple five, oh one two three', '5550123'],
  ['555-0123', '5550123'],
  ['(212) 555-0123', '2125550123'],
  ["it's two one two, five five five, oh one two three", '2125550123'],
  ['two twelve, five five five, oh one two three', '2125550123'],
  ['double five five, double oh, two three', '5550023'],
  ['eight hundred, five five five, twelve thirty four', '8005551234'],
  ['555 nine thousand', '5559000'],
  ['plus forty nine, thirty, one two three four five six seven', '+49301234567'],
  ['+49 30 1234567', '+49301234567'],
  ['+1 (212) 555-0123', '+12125550123'],
  ['my number is plus one, two one two, five five five, zero one two three', '+12125550123'],
  ['zero one seven two, three four five six seven eight', '0172345678'],
  ['pressed 5 5 5 0 1 2 3', '5550123'],
  ['five five five, no, five five six, oh one two three', '5560123'],
  ['five five five oh one two four, sorry, three', '5550123'],
  ['sure, 5550123 thanks', '5550123'],
  ['five five five', '~I have 5 5 5 so far.'],
  ['oh one two three', '5550123', '555'],
  ['and then one two', '~I have 5 5 5, 1 2 so far.', '555'],
  ['five five six, oh one two three', '5560123', '5550124'],
  ['no, the last two digits are four five', '5550145', '5550123'],
  ['it ends in forty five', '5550145', '5550123'],
  ['six, not five', '?I am not sure which digits', '5550123'],
  ['four not three', '5550124', '5550123'],
  ['one three instead of two three', '5550113', '5550123'],
  ['seven', '?I am not sure which digits', '5550123'],
  ['1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6', '?That has too many digits'],
  ['the one I am calling from', '?Please say the digits'],
  ["the number I'm calling from", '?Please say the digits'],
  ['what?', '?I did not catch'],
  ['N/A', '?I did not catch'],
]
const GERMAN: readonly Case<string>[] = [
  ['null drei null, eins zwei drei vier fünf sechs sieben', '0301234567'],
  ['null eins sieben zwo, dreiundzwanzig fünfundvierzig sechs', '017223456'],
  ['plus neunundvierzig dreißig eins zwei drei vier fünf', '+493012345'],
  ['die letzten zwei Ziffern sind vier fünf', '0301245', '0301223'],
]
const SPANISH: readonly Case<string>[] = [
  ['seis uno dos, tres cuatro cinco, seis siete ocho', '612345678'],
  ['seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho', '612345678'],
  ['más treinta y cuatro, seis uno dos, tres cuatro cinco', '+34612345'],
  ['las últimas dos cifras son cuatro cinco', '6123445', '6123478'],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('telephone numbers in %s', (code, cases) => {
  const { found, meant } = table(phone(), cases, code)
  expect(found).toEqual(meant)
})

test('it is read back in groups, and in smaller ones in doubt', () => {
  expect(phone().readBack('+12125550123', inLanguage('en'), false)).toBe('That is plus 1 2 1, 2 5 5, 5 0 1, 2 3.')
  expect(phone().readBack('5550123', inLanguage('en'), true)).toBe('That is 5 5, 5 0, 1 2 3.')
})
