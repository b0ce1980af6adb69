import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AudibleText } from '../../src/conversation/reply/audible-text.ts'
import { Sentences } from '../../src/conversation/reply/sentences.ts'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'
import { spanish } from '../../src/languages/spanish.ts'
import { REPORTED_ENGLISH } from './reported-english.ts'
import { REPORTED_GERMAN } from './reported-german.ts'
import { REPORTED_SPANISH } from './reported-spanish.ts'
import { SPOKEN_FIGURES } from './spoken-figures.ts'
import { SPOKEN_GERMAN } from './spoken-german.ts'
import { SPOKEN_SIGNS } from './spoken-signs.ts'
import { SPOKEN_SPANISH } from './spoken-spanish.ts'

const LANGUAGES = { english, german, spanish } as const
type Name = keyof typeof LANGUAGES
const CASES = [
  ...[...SPOKEN_FIGURES, ...SPOKEN_SIGNS, ...REPORTED_ENGLISH].map(row => ['english', ...row] as const),
  ...[...SPOKEN_GERMAN, ...REPORTED_GERMAN].map(row => ['german', ...row] as const),
  ...[...SPOKEN_SPANISH, ...REPORTED_SPANISH].map(row => ['spanish', ...row] as const),
]
/** The words alone: where a text is cut, a full stop or a capital may tell another pause. */
const wordsOf = (text: string): string => (text.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')

/** What a reply says of a text that comes in these parts: as `ask-model.ts` and `reply.ts` do it. */
function spokenInPieces(parts: readonly string[], name: Name): string {
  const language = LANGUAGES[name]
  const [audible, sentences] = [new AudibleText(), new Sentences(language)]
  const pieces = parts.flatMap(part => sentences.push(audible.push(part)))
  const rest = [...sentences.push(audible.rest()), sentences.rest()]
  return [...pieces, ...rest].map(piece => speakable(piece, language)).join(' ')
}

test.each(CASES)(
  'in %s, %j has the same words when a model writes it letter by letter behind a sentence',
  (name, written) => {
    const line = `Hallo, hola, this is the line here.\n${written} Okay, that is all there is.`
    expect(wordsOf(spokenInPieces([...line], name))).toBe(wordsOf(speakable(line, LANGUAGES[name])))
  },
)

/** Figures and signs as they come between words. */
const FIGURES = [
  ...[
    '5',
    '3.14',
    '1,250.50',
    '1.250,50',
    '$5',
    '5 €',
    '12:30',
    '26.11.2026',
    '11/26/2026',
    '20%',
    '5 km',
    '1/2',
    '2 1/2',
  ],
  ...[
    '+49 30 1234567',
    '555-1234',
    '3.',
    '1)',
    '#4',
    '*',
    '**',
    '_',
    '- ',
    '>',
    '~',
    '5x',
    '10-12',
    '½',
    '21',
    '1',
    '€1-2',
  ],
  ...[
    '192.168.1.1',
    'v2.1',
    'A-1234-B',
    'H₂O',
    '10⁻³',
    '1e6',
    '\u{1F600}',
    '...',
    '…',
    '“',
    '&',
    '+',
    '=',
    '/',
    '1st',
    '3.º',
  ],
]
/** Words that are no abbreviations, units or names of anything in these languages. */
const WORDS = ['lamp', 'window', 'table', 'kitchen', 'Fenster', 'Lampe', 'Küche', 'ventana', 'cocina', 'lámpara']

test.each(Object.keys(LANGUAGES) as Name[])(
  'in %s no word is lost between figures and signs, and none changes its place',
  name => {
    const text = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...FIGURES)), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(text, parts => {
        const ours = (words: readonly string[]): string => words.filter(word => WORDS.includes(word)).join(' ')
        const said = wordsOf(speakable(parts.join(' '), LANGUAGES[name])).split(' ')
        expect(ours(said)).toBe(ours(parts))
      }),
      { seed: 18, numRuns: 400 },
    )
  },
)
