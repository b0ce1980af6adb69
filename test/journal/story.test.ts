import { expect, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import { Story, type StoryEvent } from '../../src/journal/story.ts'
import { english } from '../../src/languages/english.ts'

type Input = TurnEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'atMs'> : never) : never

/** The story's events for lines at these times. */
function storyOf(...events: readonly (readonly [number, Line])[]): readonly StoryEvent[] {
  const story = new Story(english)
  return events.flatMap(([atMs, line], i) => {
    const placed: JournalLine = { ...line, v: 2, seq: i + 1, atMs }
    return story.take(placed)
  })
}
const event = (atMs: number, input: Input): readonly [number, Line] => [atMs, { input: { ...input, atMs } }]

test('a reply is reported once it is over, with what was heard and whether it was interrupted', () => {
  expect(
    storyOf(
      event(100, { kind: 'heard', reply: 1, part: 0, text: 'Hello,', cut: false }),
      event(300, { kind: 'heard', reply: 1, part: 0, text: 'Hello, this', cut: false }),
      event(400, { kind: 'reply-done', reply: 1 }),
      event(500, { kind: 'heard', reply: 2, part: 0, text: 'We', cut: true }),
    ),
  ).toEqual([
    { kind: 'agent', text: 'Hello, this', interrupted: false, latency: undefined },
    { kind: 'agent', text: 'We', interrupted: true, latency: undefined },
  ])
})

test('a tool is reported with its result and how long it took', () => {
  const call = { id: 'a', name: 'book', arguments: '{}' }
  expect(
    storyOf(
      event(100, { kind: 'tool-called', reply: 1, part: 0, call }),
      event(350, { kind: 'tool-result', reply: 1, part: 0, callId: 'a', result: 'Booked.' }),
    ),
  ).toEqual([{ kind: 'tool', name: 'book', arguments: '{}', result: 'Booked.', tookMs: 250 }])
})

test('failures are reported as they happen', () => {
  expect(
    storyOf(
      event(1, { kind: 'reply-failed', reply: 1, provider: 'OpenAI', why: 'away' }),
      event(2, { kind: 'stt-failed', session: 1, why: 'closed', retryable: true }),
      [3, { decided: { kind: 'tool-refused', reply: 1, call: 'a', why: 'no disk' } }],
    ),
  ).toEqual([
    { kind: 'trouble', what: 'OpenAI failed: away' },
    { kind: 'trouble', what: 'speech-to-text failed: closed' },
    { kind: 'trouble', what: 'tool refused: no disk' },
  ])
})
