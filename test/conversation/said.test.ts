import { expect, test } from 'vitest'
import { nothingSaid, textOf, withWords, wordsOf } from '../../src/conversation/said.ts'

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
