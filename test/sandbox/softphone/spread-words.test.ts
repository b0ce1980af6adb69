import { expect, test } from 'vitest'
import { wordsAlong } from '../../../src/sandbox/softphone/spread-words.ts'
import { mulaw, silence, tone } from '../caller/sounds.ts'

test('longer words take longer, and all of the voice is theirs', () => {
  const words = wordsAlong('A restaurant', mulaw(silence(60), tone(1_300), silence(60)))
  expect(words).toEqual([
    { text: 'A', startMs: 60, endMs: 260 },
    { text: 'restaurant', startMs: 260, endMs: 1_360 },
  ])
})

test('no word lies in a pause', () => {
  const words = wordsAlong('one two six ten', mulaw(tone(400), silence(400), tone(400)))
  expect(words).toEqual([
    { text: 'one', startMs: 0, endMs: 200 },
    { text: 'two', startMs: 200, endMs: 400 },
    { text: 'six', startMs: 800, endMs: 1_000 },
    { text: 'ten', startMs: 1_000, endMs: 1_200 },
  ])
})

test('no word ends after its sound, and words without a voice have all of it', () => {
  expect(wordsAlong('Hi there', mulaw(silence(300)))).toMatchObject([{ startMs: 0 }, { endMs: 300 }])
  expect(wordsAlong('', mulaw(tone(300)))).toEqual([])
})
