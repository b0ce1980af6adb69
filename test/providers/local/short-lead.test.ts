import { expect, test } from 'vitest'
import { withShortLead } from '../../../src/providers/local/short-lead.ts'
import { joined, silence, tone } from '../../sandbox/caller/sounds.ts'

const lengthMs = (pcm: Int16Array): number => pcm.length / 8

test('a long silence before the voice becomes a short one, and its words come with it', () => {
  const words = [
    { text: 'Two', startMs: 190, endMs: 300 },
    { text: 'tasks.', startMs: 300, endMs: 500 },
  ]
  const made = withShortLead({ pcm: joined(silence(200), tone(300), silence(190)), words }, 8_000)
  expect(lengthMs(made.pcm)).toBe(40 + 300 + 190)
  expect(made.words).toEqual([
    { text: 'Two', startMs: 30, endMs: 140 },
    { text: 'tasks.', startMs: 140, endMs: 340 },
  ])
})

test.each([
  ['a voice that begins at once', joined(tone(100), silence(100))],
  ['a short silence', joined(silence(30), tone(100))],
  ['silence alone', silence(300)],
])('%s stays as it is', (_, pcm) => {
  const said = { pcm, words: [{ text: 'Hi', startMs: 0, endMs: 50 }] }
  expect(withShortLead(said, 8_000)).toEqual(said)
})
