import { expect, test } from 'vitest'
import { afterFinal, answering, isAnswered, unanswered } from '../../../src/conversation/turn/answered.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'

/** A turn that was answered at 1,000 ms, before its words were final. */
const early = answering({ ...emptyUtterance(0), interimWords: 'Book a table for four,' }, 1_000)
/** One whose words were final. */
const final = answering({ ...emptyUtterance(0), finalWords: 'Book a table for four.' }, 1_000)
/** One of keys alone. */
const keyed = answering({ ...emptyUtterance(0), digits: '42' }, 1_000)
/** Early, all but the end of it final by now. */
const partly = afterFinal(early, 'Book a table')
const short = answering({ ...emptyUtterance(0), interimWords: 'I want plan B' }, 1_000)

test.each([
  ['an early turn, its first words', early, 'book a table', 6_000, true],
  ['an early turn, all its words', early, 'Book a table for four.', 6_000, true],
  ['an early turn, a moment later than a transcript comes', early, 'book a table', 6_001, false],
  ['an early turn, half a word', early, 'book a tab', 1_100, false],
  ['an early turn, more words', early, 'book a table for four people', 1_100, false],
  ['a final turn, its last words', final, 'for four', 2_500, true],
  ['a final turn, its last words, too late for a transcript that comes twice', final, 'for four', 2_501, false],
  ['a final turn, the end of a word', final, 'our', 1_100, false],
  ['a final turn, its first words', final, 'book a table', 1_100, false],
  [
    'an early turn whose words have become final, its last words',
    afterFinal(early, 'Book a table for four.'),
    'for four',
    2_500,
    true,
  ],
  [
    'an early turn whose words have become final, its first words',
    afterFinal(early, 'Book a table for four.'),
    'book a table',
    1_100,
    false,
  ],
  ['an early turn of which the beginning has become final, the rest', partly, 'For four.', 6_000, true],
  ['signs alone', early, '…', 1_100, false],
  ['signs alone after keys', keyed, '…', 1_100, false],
])('what is said again is no turn of its own: %s', (_, answered, text, nowMs, expected) => {
  expect(isAnswered(text, answered, nowMs)).toBe(expected)
})

test.each([
  ['nothing is left of what was answered', early, 'Book a table for four.', 6_000, ''],
  ['nothing is left of its beginning', early, 'book a', 1_100, ''],
  ['what is added is left', early, ' Book a  table – for four. No, for five!', 6_000, 'No, for five!'],
  ['what is added after a single letter is left', short, 'I want – – plan B. And  a taxi ', 1_100, 'And a taxi'],
  ['nothing is left of the rest of what was answered', partly, 'For four.', 6_000, ''],
  ['what is added to the rest is left', partly, 'for four, no, five', 6_000, 'no, five'],
  ['after keys all is new', keyed, 'Book a table.', 1_100, 'Book a table.'],
  ['other words are left whole', early, 'And  a taxi.', 1_100, 'And  a taxi.'],
  [
    'what comes too late is left whole',
    early,
    'Book a table for four. No, five',
    6_001,
    'Book a table for four. No, five',
  ],
  ['after a final transcript all is new', final, 'Book a table for four.', 1_100, 'Book a table for four.'],
  ['a longer word is another one', early, 'book a table for fourteen', 1_100, 'book a table for fourteen'],
])('%s', (_, answered, text, nowMs, expected) => {
  expect(unanswered(text, answered, nowMs)).toBe(expected)
})
