import { expect, test } from 'vitest'
import { yesNo } from '../../../src/flows/collect.ts'
import { type Case, table } from './cases.ts'

const AGAIN = '?I need a yes or a no.'
const ENGLISH: readonly Case<boolean>[] = [
  ['yes', true],
  ['Yeah.', true],
  ['yep, that works', true],
  ['sure', true],
  ['sure, why not', true],
  ['Yes, I have a nut allergy.', true],
  ['oh yes please', true],
  ['um, yes', true],
  ['I do', true],
  ["that's right", true],
  ['okay', true],
  ['no problem', true],
  ["I don't mind", true],
  ['of course', true],
  ['absolutely not', false],
  ['no', false],
  ['No, thank you.', false],
  ['nope', false],
  ['nah', false],
  ['not really', false],
  ["no, I don't", false],
  ["I don't", false],
  ['never', false],
  ["that's not right", false],
  ['right, no', false],
  ['yes, no wait, no', false],
  ['no, sorry, yes', true],
  ["I don't know", AGAIN],
  ["I'm not sure", AGAIN],
  ['maybe', AGAIN],
  ['it depends', AGAIN],
  ['what do you mean?', AGAIN],
  ['pizza', AGAIN],
  ['', AGAIN],
  ['not provided', AGAIN],
]
const GERMAN: readonly Case<boolean>[] = [
  ['ja', true],
  ['Ja, bitte.', true],
  ['genau', true],
  ['na klar', true],
  ['nein', false],
  ['nee, danke', false],
  ['lieber nicht', false],
  ['weiß ich nicht', '?Ich brauche ein Ja'],
  ['vielleicht', '?Ich brauche ein Ja'],
]
const SPANISH: readonly Case<boolean>[] = [
  ['sí', true],
  ['sí, claro', true],
  ['por supuesto', true],
  ['no', false],
  ['no, gracias', false],
  ['no lo sé', '?Necesito un sí'],
  ['depende', '?Necesito un sí'],
]

test.each([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
])('a yes or a no in %s', (code, cases) => {
  const { found, meant } = table(yesNo(), cases, code)
  expect(found).toEqual(meant)
})
