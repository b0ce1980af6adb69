import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TASK_TOOLS } from '../../agents/task-manager-tools.ts'
import { receptionist, taskManager } from '../../src/agents/built-in.ts'
import { ownWords } from '../../src/conversation/agent.ts'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'
import { spanish } from '../../src/languages/spanish.ts'
import { TOPICS } from '../../src/sandbox/openai/topics.ts'
import { REPORTED_ENGLISH } from './reported-english.ts'
import { REPORTED_GERMAN } from './reported-german.ts'
import { REPORTED_SPANISH } from './reported-spanish.ts'
import { SPOKEN_FIGURES } from './spoken-figures.ts'
import { SPOKEN_GERMAN } from './spoken-german.ts'
import { SPOKEN_SIGNS } from './spoken-signs.ts'
import { SPOKEN_SPANISH } from './spoken-spanish.ts'

const spoken = (text: string): string => speakable(text, english)
const LANGUAGES = { english, german, spanish } as const
type Name = keyof typeof LANGUAGES

test.each([...SPOKEN_FIGURES, ...SPOKEN_SIGNS, ...REPORTED_ENGLISH])('%j is spoken as %j', (written, words) => {
  expect(spoken(written)).toBe(words)
  expect(spoken(words)).toBe(words)
})

test.each([...SPOKEN_GERMAN, ...REPORTED_GERMAN])('%j is spoken in German as %j', (written, words) => {
  expect(speakable(written, german)).toBe(words)
  expect(speakable(words, german)).toBe(words)
})

test.each([...SPOKEN_SPANISH, ...REPORTED_SPANISH])('%j is spoken in Spanish as %j', (written, words) => {
  expect(speakable(written, spanish)).toBe(words)
  expect(speakable(words, spanish)).toBe(words)
})

test('a space at either end stays: voices join the pieces of a speech as they are', () => {
  expect(spoken('It is 5. ')).toBe('It is five. ')
  expect(spoken(' and 5')).toBe(' and five')
  expect(spoken('- Milk\n')).toBe('Milk. ')
})

test('what is spoken already stays as it is: the texts of the agents and of the sandbox', () => {
  const fillers = Object.values(TASK_TOOLS).flatMap(tool => ('filler' in tool ? [tool.filler] : []))
  const texts = [...ownWords(receptionist), ...ownWords(taskManager), ...fillers, ...TOPICS.map(({ answer }) => answer)]
  expect(texts.filter(text => spoken(text) !== text)).toEqual([])
})

/** Fragments that mean something next to each other. */
const FRAGMENTS =
  `a Dr St Mr. . , - – — 5 17 2026 1,250.50 $ $5 € % °C km / : @ # * ** _ \` < > <b> </b> <think> </think> [ ] ( )
  | & &amp; &#42; e.g. p.m. pm am U.S. J. I a Smith Main http:// example.com 😀 … " ' ½ ² x = + ~ ^ \\ { } 1. No. № Nov Mon Sat
  th st 0 é :) etc. v2 k M min ′ → and/or w/ o Inc. ext. +1 555 x5`.split(/\s+/)
const fragments = fc
  .array(fc.constantFrom(...FRAGMENTS, ' ', '  ', '\n', '```', '\u200b', '\0'), { maxLength: 14 })
  .map(parts => parts.join(''))
const anyText = fc.oneof(
  fragments,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
)

test.each(Object.keys(LANGUAGES) as Name[])(
  'any text becomes words of %s: no figures and signs of markup are left, and it changes no more',
  name => {
    fc.assert(
      fc.property(anyText, text => {
        const words = speakable(text, LANGUAGES[name])
        expect(words).not.toMatch(/[0-9*_`#<>[\]{}|\\~^@]|\p{Extended_Pictographic}|\p{Cc}/u)
        expect(speakable(words, LANGUAGES[name])).toBe(words)
        expect(words.length).toBeLessThanOrEqual(13 * text.length + 20)
        expect(words === '' || /[\p{L}\p{N}]/u.test(words)).toBe(true)
      }),
      { seed: 7, numRuns: 2_500 },
    )
  },
)
