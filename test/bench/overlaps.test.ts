import { expect, test } from 'vitest'
import { encodeMulaw } from '../../src/audio/mulaw.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import type { Role } from './overlap-callers.ts'
import { type Measurable, overlapsOf } from './overlaps.ts'
import { spokenReplies } from './replies.ts'

/** How much later than the recording the journal starts. */
const JOURNAL_OFFSET_MS = 40
const sounding = (reply: number, atMs: number): TurnEvent => ({ kind: 'reply-sounding', reply, part: 0, atMs })
const done = (reply: number, atMs: number): TurnEvent => ({ kind: 'reply-done', reply, atMs })
const cut = (reply: number, atMs: number): TurnEvent => ({ kind: 'heard', reply, part: 0, text: 'a', cut: true, atMs })

type Stretch = readonly [fromMs: number, toMs: number, db: number]

interface Call {
  readonly agent: readonly Stretch[]
  readonly said: readonly (readonly [role: Role, fromMs: number, toMs: number])[]
  /** Times are those of the recording. */
  readonly events: readonly TurnEvent[]
}

function called({ agent, said, events }: Call): Measurable {
  const pcm = new Int16Array(20_000 * 8)
  for (const [fromMs, toMs, db] of agent) {
    const amplitude = Math.SQRT2 * 32_768 * 10 ** (db / 20)
    for (let i = fromMs * 8; i < toMs * 8; i++) pcm[i] = amplitude * Math.sin((2 * Math.PI * i) / 20)
  }
  const utterances = said.map(([, startMs, endMs], index) => ({
    ...{ index, say: 'word', kind: 'speech' as const, startMs, endMs },
    ...{ firstVoicedMs: startMs, lastVoicedMs: endMs },
  }))
  return {
    record: { script: 'one', utterances, legs: { agent: encodeMulaw(pcm), caller: new Uint8Array(0) } },
    lines: events.map((input, i): JournalLine => ({ v: 2, seq: i + 1, input, atMs: input.atMs - JOURNAL_OFFSET_MS })),
    positionMs: atMs => atMs + JOURNAL_OFFSET_MS,
  }
}

const overlaps = (call: Call, isSpeakerphone = false) =>
  overlapsOf(
    called(call),
    call.said.map(([role]) => role),
    isSpeakerphone,
  )

test('replies have their times, and end by being cut or heard', () => {
  const events = [sounding(3, 1_000), done(3, 4_000), sounding(5, 6_000), cut(5, 7_000), sounding(8, 9_000)]
  expect(spokenReplies(called({ agent: [], said: [], events }))).toEqual([
    { id: 3, startMs: 1_000, endMs: 4_000, cut: false },
    { id: 5, startMs: 6_000, endMs: 7_000, cut: true },
    { id: 8, startMs: 9_000, endMs: Number.POSITIVE_INFINITY, cut: false },
  ])
})

test('an interruption is timed to the end of the old reply, not to the answer', () => {
  const [overlap] = overlaps({
    agent: [
      [1_000, 5_140, -20],
      [5_140, 5_420, -38],
      [6_500, 9_000, -20],
    ],
    said: [['interrupts', 5_000, 5_900]],
    events: [sounding(1, 1_000), cut(1, 5_400), sounding(2, 6_500), done(2, 9_000)],
  })
  expect(overlap).toMatchObject({ isRight: true, why: 'stopped', spokenOver: false })
  expect(overlap?.yielded).toEqual({ downMs: 140, silentMs: 420 })
})

test.each([
  { why: 'went on', events: [sounding(1, 1_000), done(1, 9_000)] },
  { why: 'stopped late', events: [sounding(1, 1_000), cut(1, 8_000)] },
])('an interruption that did not stop the agent in time has no time of yielding: $why', ({ why, events }) => {
  const [overlap] = overlaps({ agent: [[1_000, 9_000, -20]], said: [['interrupts', 5_000, 6_200]], events })
  expect(overlap).toMatchObject({ isRight: false, why, spokenOver: true })
  expect(overlap?.yielded?.silentMs).toBe(Number.POSITIVE_INFINITY)
})

test('over a sign of listening a voice may be turned down, but must return to its level', () => {
  const events = [sounding(1, 1_000), done(1, 9_000)]
  const said: Call['said'] = [['sign', 5_000, 5_400]]
  const back: Call['agent'] = [
    [1_000, 5_140, -20],
    [5_140, 6_000, -38],
    [6_000, 9_000, -20],
  ]
  const notBack: Call['agent'] = [
    [1_000, 5_140, -20],
    [5_140, 9_000, -38],
  ]
  expect(overlaps({ agent: back, said, events })).toMatchObject([{ isRight: true, why: 'went on' }])
  expect(overlaps({ agent: notBack, said, events })).toMatchObject([{ isRight: false, why: 'not at its level again' }])
})

test('a sign that stops the agent is a mistake; one near the natural end of a reply is not', () => {
  const agent: Call['agent'] = [[1_000, 5_300, -20]]
  const said: Call['said'] = [['sign', 5_000, 5_400]]
  expect(overlaps({ agent, said, events: [sounding(1, 1_000), cut(1, 5_300)] })).toMatchObject([{ isRight: false }])
  expect(overlaps({ agent, said, events: [sounding(1, 1_000), done(1, 5_300)] })).toMatchObject([{ isRight: true }])
})

test('sounds over a silent agent and questions are not overlaps', () => {
  const agent: Call['agent'] = [[1_000, 4_000, -20]]
  const events = [sounding(1, 1_000), done(1, 4_000)]
  const said: Call['said'] = [
    ['asks', 3_000, 3_500],
    ['sign', 6_000, 6_400],
  ]
  expect(overlaps({ agent, said, events })).toEqual([])
})

test('on a speakerphone each reply after the notice has an echo', () => {
  const call: Call = {
    agent: [
      [0, 1_000, -20],
      [1_500, 6_000, -20],
      [7_000, 8_800, -20],
      [10_000, 16_000, -20],
    ],
    said: [['interrupts', 15_000, 16_500]],
    events: [
      ...[sounding(1, 0), done(1, 1_000), sounding(2, 1_500), done(2, 6_000)],
      ...[sounding(3, 7_000), cut(3, 8_800), sounding(4, 10_000), cut(4, 15_500)],
    ],
  }
  const echoes = overlaps(call, true).filter(({ kind }) => kind === 'echo')
  expect(echoes.map(({ startMs, why }) => [startMs, why])).toEqual([
    [1_500, 'went on'],
    [7_000, 'stopped'],
    [10_000, 'went on'],
  ])
})
