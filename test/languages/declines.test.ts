import { expect, test } from 'vitest'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'
import { spanish } from '../../src/languages/spanish.ts'

const SAID = {
  en: {
    yes: [
      'no',
      'no thanks',
      "oh no i don't want to",
      "i'd rather not",
      "i don't have one",
      'i have no other card',
      "sorry i don't have another one",
      'cancel',
      'never mind',
      'not over the phone',
    ],
    no: [
      ...[
        'wait',
        'wait a second',
        'hold on let me get my card',
        'no problem',
        "don't worry i have it",
        'i did not catch that',
      ],
      ...[
        "i don't understand",
        'actually can i use a different card',
        'no four two four two',
        'not yet',
        'one moment',
        '',
      ],
    ],
  },
  de: {
    yes: [
      'nein',
      'nein danke',
      'das will ich nicht',
      'ich möchte das lieber nicht sagen',
      'ich habe keine karte',
      'ich habe keine andere',
      'abbrechen',
    ],
    no: [
      'moment',
      'einen moment bitte',
      'kein problem',
      'ich habe sie nicht verstanden',
      'nein vier zwei vier zwei',
      'noch nicht',
      'ich kann das nicht lesen',
    ],
  },
  es: {
    yes: ['no', 'no gracias', 'prefiero no darla', 'no tengo tarjeta', 'no tengo otra tarjeta', 'no quiero'],
    no: ['un momento', 'no entiendo', 'no hay problema', 'no cuatro dos', 'todavía no', 'espere'],
  },
} as const

test.each([
  ['en', english],
  ['de', german],
  ['es', spanish],
] as const)('in %s only a whole refusal declines: not who needs time, or has not understood', (code, { requests }) => {
  const declining = (words: readonly string[]) => words.filter(text => requests.declines.test(text))
  expect(declining(SAID[code].yes)).toEqual(SAID[code].yes)
  expect(declining(SAID[code].no)).toEqual([])
})
