import { expect, test } from 'vitest'
import { memoryInWords } from '../../../src/web/staff/call/memory-words.ts'
import { linesIn } from '../../../src/web/staff/timeline/lines.ts'
import { timelineOf } from '../../../src/web/staff/timeline/timeline.ts'

test('a call’s notes of the caller’s memory are told in sentences, each once, and others are not', () => {
  const notes = [
    { kind: 'frame-late', lateMs: 3 },
    { kind: 'caller-audio-dropped' },
    {
      kind: 'memory-told',
      facts: [
        { about: 'name', saidAt: '2026-11-03T22:30:00.000Z' },
        { about: 'other', saidAt: '2026-11-04T08:00:00.000Z' },
      ],
    },
    { kind: 'memory-kept', about: 'other' },
    { kind: 'memory-kept', about: 'other' },
    { kind: 'memory-forgotten', facts: 2 },
  ]
  const lines = notes.map((noted, index) => ({ v: 2, seq: index + 1, atMs: index, noted }))
  expect(memoryInWords(timelineOf(linesIn(lines)).memory)).toEqual([
    'The agent knew of earlier calls: their name (said on 2026-11-03), something that they said (said on 2026-11-04).',
    'Remembered, with their consent: something that they said.',
    'All that was remembered of the caller was deleted, as they wished.',
  ])
})

test('a summary is a moment of the timeline', () => {
  const input = { kind: 'summarised', from: 0, until: 9, text: 'Ann wants two pizzas.', atMs: 5 }
  const { lanes } = timelineOf(linesIn([{ v: 2, seq: 1, atMs: 5, input }]))
  expect(lanes.trouble.spans).toMatchObject([
    { label: 'summed up', facts: [[expect.any(String), 'Ann wants two pizzas.']] },
  ])
})
