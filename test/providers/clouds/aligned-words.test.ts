import { expect, test } from 'vitest'
import { alignedWords, type Boundary } from '../../../src/providers/clouds/aligned-words.ts'

/** The words of a text, given boundaries of 100 ms each. */
function words(text: string, parts: readonly string[], endMs = 1_000) {
  const aligned = alignedWords(text)
  const boundaries: readonly Boundary[] = parts.map((part, i) => ({ text: part, startMs: i * 100 }))
  return [...boundaries.flatMap(boundary => aligned.next(boundary)), ...aligned.end(endMs)].map(
    ({ text: word, startMs, endMs: toMs }) => [word, startMs, toMs],
  )
}

test('words are spelled as they were written, with their signs', () => {
  expect(words('Good morning, how’s “it”?', ['Good', 'morning', 'how’s', 'it'])).toEqual([
    ['Good', 0, 100],
    ['morning,', 100, 200],
    ['how’s', 200, 300],
    ['“it”?', 300, 1_000],
  ])
})

test('a sign between words is told with the next one, and one at the end with the last', () => {
  expect(words('Well – yes !', ['Well', 'yes'])).toEqual([
    ['Well', 0, 100],
    ['– yes !', 100, 1_000],
  ])
})

test('a word that is told in parts is one word, and a part that holds two words is both', () => {
  expect(words("I'm here at 5 pm.", ['I', "'m", 'here', 'at', '5 pm'])).toEqual([
    ["I'm", 0, 200],
    ['here', 200, 300],
    ['at', 300, 400],
    ['5 pm.', 400, 1_000],
  ])
})

test('what is spelled otherwise than it was written loses nothing', () => {
  const found = words('Dr. Miller owes $5.', ['Doctor', 'Miller', 'owes', 'five', 'dollars'])
  expect(found.map(([word]) => word).join(' ')).toBe('Dr. Miller owes $5.')
})

test('without a single boundary the text is there when its sound is over', () => {
  expect(words('Good morning.', [])).toEqual([['Good morning.', 1_000, 1_000]])
})

test('an end that the voice tells is the end of the word', () => {
  const aligned = alignedWords('Good morning.')
  aligned.next({ text: 'Good', startMs: 0, endMs: 80 })
  expect(aligned.next({ text: 'morning', startMs: 120, endMs: 400 })).toEqual([{ text: 'Good', startMs: 0, endMs: 80 }])
  expect(aligned.end(500)).toEqual([{ text: 'morning.', startMs: 120, endMs: 400 }])
})
