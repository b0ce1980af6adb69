import { expect, test } from 'vitest'
import { alignedWords } from '../../../src/providers/clouds/aligned-words.ts'
import { timedWord } from '../../../src/providers/speaking/timed-word.ts'

const DAY_MS = 24 * 3_600_000

test('times that cannot be are moved to the nearest that can', () => {
  expect(timedWord('one', 100, 200)).toEqual({ text: 'one', startMs: 100, endMs: 200 })
  expect(timedWord('one', -100, 200)).toEqual({ text: 'one', startMs: 0, endMs: 200 })
  expect(timedWord('one', 300, 200)).toEqual({ text: 'one', startMs: 300, endMs: 300 })
  // Seconds so great that their milliseconds are no number.
  expect(timedWord('one', 1e308 * 1_000, 1e308 * 1_000)).toEqual({ text: 'one', startMs: DAY_MS, endMs: DAY_MS })
})

test('a voice of a cloud that tells such times is taken the same', () => {
  const aligned = alignedWords('one two')
  const words = [
    ...aligned.next({ text: 'one', startMs: -5, endMs: -7 }),
    ...aligned.next({ text: 'two', startMs: 1e308 * 1_000 }),
    ...aligned.end(1_000),
  ]
  expect(words).toEqual([
    { text: 'one', startMs: 0, endMs: 0 },
    { text: 'two', startMs: DAY_MS, endMs: DAY_MS },
  ])
})
