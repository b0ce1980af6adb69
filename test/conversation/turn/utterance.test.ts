import { expect, test } from 'vitest'
import { nothingSaid, settled, textOf, withWords, wordsOf } from '../../../src/conversation/turn/utterance.ts'

const nothing = nothingSaid(0)
const interim = (text: string) => ({ text, final: false, ended: false })
const final = (text: string) => ({ text, final: true, ended: false })

test('an interim replaces the interim before it, a final freezes its words', () => {
  const events = [interim('to'), interim('two eggs'), final('Two eggs'), interim('and'), final('and milk. ')]
  let said = nothing
  const steps = events.map(event => {
    said = withWords(said, event)
    return wordsOf(said)
  })
  expect(steps).toEqual(['to', 'two eggs', 'Two eggs', 'Two eggs and', 'Two eggs and milk.'])
})

test('an empty final takes the interim away, and leaves what is frozen', () => {
  const said = [final('two eggs'), interim('uh'), final(' ')].reduce(withWords, nothing)
  expect(said).toMatchObject({ finals: 'two eggs', interim: '' })
})

test('an utterance that ended is open again when new words come', () => {
  const ended = withWords(nothing, { text: 'done', final: true, ended: true })
  expect(ended.ended).toBe(true)
  expect(withWords(ended, interim('')).ended).toBe(true)
  expect(withWords(ended, interim('but')).ended).toBe(false)
})

test.each([
  { said: { digits: '42' }, text: 'pressed 4 2' },
  { said: { finals: 'my code is', digits: '7' }, text: 'my code is pressed 7' },
  { said: {}, text: '' },
])('$said is told as "$text"', ({ said, text }) => {
  expect(textOf({ ...nothing, ...said })).toBe(text)
})

test('words that were answered before they were final are not said twice when their final comes', () => {
  const answered = settled(withWords(nothing, interim('two eggs')))
  expect([wordsOf(answered), answered.interim]).toEqual(['two eggs', ''])
  expect(wordsOf(withWords(answered, final('Two eggs.')))).toBe('Two eggs.')
  expect(wordsOf(withWords(answered, final('two eggs and milk')))).toBe('two eggs and milk')
  expect(wordsOf(withWords(answered, interim('two eggs and')))).toBe('two eggs and')
})

test('other words than those that were answered come after them, and take nothing away', () => {
  const answered = settled(withWords(nothing, interim('two eggs')))
  const more = withWords(answered, interim('and'))
  expect(wordsOf(more)).toBe('two eggs and')
  expect(wordsOf(withWords(more, final('and milk')))).toBe('two eggs and milk')
  expect(wordsOf(withWords(more, final('')))).toBe('two eggs')
})
