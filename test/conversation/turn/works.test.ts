import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { step } from '../../../src/conversation/turn/step.ts'
import { type Turn, type TurnEvent, worksOf } from '../../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../../src/conversation/turn/utterance.ts'
import { onTheLine, POLICY, RULES } from '../../fakes/call.ts'

const after = (turn: Turn, ...events: readonly TurnEvent[]): Turn =>
  events.reduce((now, event) => step(now, event, RULES), turn)
const kinds = (turn: Turn): readonly string[] =>
  worksOf(turn).map(work => (work.kind === 'wait' ? `wait: ${work.wait.why}` : work.kind))

const greeting = begin(POLICY, 0)
const listening = after(greeting, { kind: 'reply-done', reply: 3, atMs: 1_000 })
const hearing = after(listening, { kind: 'speech-start', firstVoicedMs: 2_000, atMs: 2_060 })
const words = (text: string, atMs: number, final = false, ended = false): TurnEvent => ({
  kind: 'words',
  text,
  final,
  ended,
  atMs,
})
const settling = after(hearing, words('what is next', 2_500), {
  kind: 'speech-end',
  lastVoicedMs: 2_600,
  atMs: 2_800,
})

test('every turn names speech-to-text, the limit, and its waits', () => {
  expect(kinds(greeting)).toEqual(['stt-session', 'wait: call limit', 'reply'])
  expect(kinds(listening)).toEqual(['stt-session', 'wait: call limit', 'wait: idle'])
  expect(kinds(hearing)).toEqual(['stt-session', 'wait: call limit', 'wait: lull'])
  expect(kinds(after(hearing, words('so be it.', 2_500, true, true)))).toEqual([
    'stt-session',
    'wait: call limit',
    'wait: lull',
  ])
  expect(kinds(settling)).toEqual(['stt-session', 'wait: call limit', 'wait: complete'])
  expect(kinds(after(greeting, { kind: 'speech-start', firstVoicedMs: 500, atMs: 560 }))).toEqual([
    'stt-session',
    'wait: call limit',
    'reply',
    'wait: barge-in',
  ])
  expect(kinds(after(greeting, { kind: 'gone', why: 'hung up', atMs: 500 }))).toEqual([])
})

test('a turn names the wait for dead air until its reply sounds', () => {
  const final = after(settling, words('what is next?', 2_900, true))
  if (final.kind !== 'settling') throw new Error('the turn should still settle')
  const thinking = after(final, { kind: 'wait-over', wait: final.patience.id, atMs: 3_100 })
  expect(kinds(thinking)).toEqual(['stt-session', 'wait: call limit', 'reply', 'wait: dead air'])
  if (thinking.kind !== 'replying') throw new Error('the agent should reply')
  expect(thinking.reply.content).toEqual({
    kind: 'answer',
    to: { ...emptyUtterance(2_000), finalWords: 'what is next?', lastVoicedMs: 2_600 },
  })
  const sounding = after(thinking, { kind: 'reply-sounding', reply: thinking.reply.id, part: 0, atMs: 3_900 })
  expect(kinds(sounding)).toEqual(['stt-session', 'wait: call limit', 'reply'])
})

test('events of works that are no longer named change nothing', () => {
  const late: readonly TurnEvent[] = [
    { kind: 'wait-over', wait: 999, atMs: 2_000 },
    { kind: 'reply-done', reply: 999, atMs: 2_000 },
    { kind: 'reply-failed', reply: 999, provider: 'model', why: 'late', atMs: 2_000 },
    { kind: 'reply-sounding', reply: 999, part: 0, atMs: 2_000 },
    { kind: 'stt-failed', session: 999, why: 'late', retryable: false, atMs: 2_000 },
  ]
  for (const turn of [greeting, listening, hearing, settling]) {
    for (const event of late) expect(step(turn, event, RULES)).toBe(turn)
  }
})

test('a reply that two turns name is neither aborted nor started again', () =>
  onTheLine({}, async call => {
    await call.pass(600)
    await call.callerCoughs(200)
    await call.until('listening')
    expect(call.voice.pieces).toHaveLength(1)
    expect(call.voice.aborted).toBe(0)
    expect(call.channel.played).toMatchObject([{ aborted: false, left: '' }])
  }))

test('speech-to-text and the limit go on for the whole call, however often the turn changes', () =>
  onTheLine({}, async call => {
    await call.greeted()
    for (let count = 0; count < 5; count++) {
      await call.callerSays('and then')
      await call.until('replying')
      await call.until('listening')
    }
    expect(call.speechToText.sessions).toBe(1)
    // Only the limit and the idle wait are left.
    expect(call.clock.pending).toBe(2)
  }))
