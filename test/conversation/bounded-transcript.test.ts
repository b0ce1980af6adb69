import { expect, test } from 'vitest'
import { emptyUtterance, withWords, wordsOf } from '../../src/conversation/turn/utterance.ts'
import { onTheLine } from '../fakes/call.ts'

const wordsHeard = (call: Parameters<Parameters<typeof onTheLine>[1]>[0]): readonly string[] =>
  call.events().flatMap(event => (event.kind === 'words' ? [event.text] : []))

test('a transcript of people’s words is taken as it is', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('Call me at donaudampfschifffahrtsgesellschaft, please.')
    expect(wordsHeard(call).at(-1)).toBe('Call me at donaudampfschifffahrtsgesellschaft, please.')
    expect(call.notes().filter(({ kind }) => kind === 'transcript-cut')).toEqual([])
  }))

test('a word of twenty thousand letters and a transcript of a megabyte are cut, and noted once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words(`well ${'a'.repeat(20_000)} yes`)
    await call.words('over and over '.repeat(70_000), { final: true })
    await call.words('😀'.repeat(50_000), { final: true, ended: true })
    await call.speechEnd()
    await call.pass(5_000)
    const [first, ...others] = wordsHeard(call)
    expect(first).toBe(`well ${'a'.repeat(60)}`)
    for (const text of others) expect(text.length).toBeLessThanOrEqual(2_000)
    for (const text of others) expect(text.isWellFormed()).toBe(true)
    expect(call.notes().filter(({ kind }) => kind === 'transcript-cut')).toEqual([
      { kind: 'transcript-cut', letters: 20_009 },
    ])
    expect(call.heard().at(-1)).toBe('Okay.')
  }))

test('of speech without an end the last words count', () => {
  let utterance = emptyUtterance(0)
  for (let i = 0; i < 2_000; i++)
    utterance = withWords(utterance, { text: `this is sentence ${i}`, final: true, ended: false })
  const words = wordsOf(utterance)
  expect(words.length).toBeLessThanOrEqual(4_000)
  expect(words).toMatch(/^\w+ .* this is sentence 1999$/)
})
