import { expect, test } from 'vitest'
import { emptyUtterance, settled, textOf, withWords, wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { english } from '../../../src/languages/english.ts'

const nothing = emptyUtterance(0)
const interimWords = (text: string) => ({ text, final: false, ended: false })
const final = (text: string) => ({ text, final: true, ended: false })

test('an interim transcript replaces the one before it, and final words stay', () => {
  const events = [
    interimWords('to'),
    interimWords('two eggs'),
    final('Two eggs'),
    interimWords('and'),
    final('and milk. '),
  ]
  let utterance = nothing
  const steps = events.map(event => {
    utterance = withWords(utterance, event)
    return wordsOf(utterance)
  })
  expect(steps).toEqual(['to', 'two eggs', 'Two eggs', 'Two eggs and', 'Two eggs and milk.'])
})

test('an empty final transcript removes the interim words, and leaves the final ones', () => {
  const utterance = [final('two eggs'), interimWords('uh'), final(' ')].reduce(withWords, nothing)
  expect(utterance).toMatchObject({ finalWords: 'two eggs', interimWords: '' })
})

test('an utterance that ended goes on when new words come', () => {
  const ended = withWords(nothing, { text: 'done', final: true, ended: true })
  expect(ended.ended).toBe(true)
  expect(withWords(ended, interimWords('')).ended).toBe(true)
  expect(withWords(ended, interimWords('but')).ended).toBe(false)
})

test.each([
  { utterance: { digits: '42' }, text: 'pressed 4 2' },
  { utterance: { finalWords: 'my code is', digits: '7' }, text: 'my code is pressed 7' },
  { utterance: {}, text: '' },
])('$utterance is told as "$text"', ({ utterance, text }) => {
  expect(textOf({ ...nothing, ...utterance }, english)).toBe(text)
})

test('words that were answered before they were final are not added again', () => {
  const answered = settled(withWords(nothing, interimWords('two eggs')))
  expect([wordsOf(answered), answered.interimWords]).toEqual(['two eggs', ''])
  expect(wordsOf(withWords(answered, final('Two eggs.')))).toBe('Two eggs.')
  expect(wordsOf(withWords(answered, final('two eggs and milk')))).toBe('two eggs and milk')
  expect(wordsOf(withWords(answered, interimWords('two eggs and')))).toBe('two eggs and')
})

test('new words after answered ones are added, and replace nothing', () => {
  const answered = settled(withWords(nothing, interimWords('two eggs')))
  const more = withWords(answered, interimWords('and'))
  expect(wordsOf(more)).toBe('two eggs and')
  expect(wordsOf(withWords(more, final('and milk')))).toBe('two eggs and milk')
  expect(wordsOf(withWords(more, final('')))).toBe('two eggs')
})

test('a transcript of only the first of the words that were answered leaves the others', () => {
  const answered = settled(withWords(nothing, interimWords('Two eggs, and milk')))
  expect(wordsOf(withWords(answered, interimWords('two')))).toBe('Two eggs, and milk')
  expect(wordsOf(withWords(answered, interimWords('two eggs and milk')))).toBe('two eggs and milk')
  const first = withWords(answered, final('Two eggs.'))
  expect(first).toMatchObject({ finalWords: 'Two eggs.', late: 'and milk', interimWords: '' })
  expect(wordsOf(withWords(first, final('And milk.')))).toBe('Two eggs. And milk.')
  expect(wordsOf(withWords(first, final('No, cream.')))).toBe('Two eggs. and milk No, cream.')
})
