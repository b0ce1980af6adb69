import { expect, test } from 'vitest'
import { saidWords } from '../../../src/providers/whisper/imagined.ts'

test.each([
  'Thank you for watching!',
  'Thanks for watching.',
  'Thank you very much for watching',
  'Please subscribe to my channel.',
  'Subtitles by the Amara.org community',
  'Untertitel der Amara.org-Community',
  'Untertitel im Auftrag des ZDF für funk, 2017',
  'Vielen Dank fürs Zuschauen!',
  'Subtítulos realizados por la comunidad de Amara.org',
  '¡Gracias por ver el video!',
  'you you you you you you you',
  '[BLANK_AUDIO]',
  '(wind blowing)',
  '♪ ♪',
  '*coughs*',
  ' . ',
])('%s: nobody said it', text => {
  expect(saidWords([{ text }], 3_000)).toBe('')
})

test.each([
  'Thank you.',
  'Thanks for the reminder.',
  'Bye.',
  'No, no, no.',
  'Yes yes yes yes.',
  '5 5 5 5 5 5 5',
  'I want to subscribe to the newsletter.',
  'Danke.',
  'Ich schaue mir gerade die Untertitel an.',
  'Gracias.',
  'See you in the next meeting.',
])('%s: people say that', text => {
  expect(saidWords([{ text: ` ${text}` }], 2_000)).toBe(text)
})

test('more than anybody can say in the time was not said', () => {
  expect(saidWords([{ text: 'Thank you very much for everything.' }], 300)).toBe('')
  expect(saidWords([{ text: 'Yes.' }], 150)).toBe('Yes.')
  expect(saidWords([{ text: 'Thank you.' }], 300)).toBe('Thank you.')
})

test('segments in which nobody speaks are left out by the server’s own figures, and all others stay', () => {
  const said = { text: ' Call me', noSpeech: 0.7, likelihood: -0.4 }
  const silent = { text: ' you', noSpeech: 0.7, likelihood: -1.2 }
  const surely = { text: ' Thank you.', noSpeech: 0.95, likelihood: -0.3 }
  const loop = { text: ' and and and and', compression: 3.1 }
  const after = { text: ' at five.', noSpeech: 0.01, likelihood: -0.2, compression: 1.2 }
  expect(saidWords([said, silent, surely, loop, after], 3_000)).toBe('Call me at five.')
})

test('what the sound is, is left out of what was said', () => {
  expect(saidWords([{ text: '[MUSIC] Hello (laughs) there ♪ la la ♪' }], 3_000)).toBe('Hello there')
})

test('an endless answer is looked through in no time', () => {
  const wasted = ['(', '[a', '♪'].map(piece => saidWords([{ text: piece.repeat(50_001) }], 3_000))
  expect(wasted.map(({ length }) => length)).toEqual([0, 0, 0])
})

test('a row of dots without end is gone through once', () => {
  // Once for each of them would be hours.
  expect(saidWords([{ text: `${'.'.repeat(1_000_000)}x` }], 1_000)).toBe('')
  expect(saidWords([{ text: 'It is 5 p.m.: come in... Now.' }], 3_000)).toBe('It is 5 p.m.: come in... Now.')
})
