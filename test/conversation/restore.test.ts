import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { english } from '../../src/languages/english.ts'
import { onTheLine, POLICY } from '../fakes/call.ts'

const started: JournalLine = {
  v: 2,
  seq: 1,
  atMs: 0,
  started: {
    kind: 'call-started',
    callId: 'call-7',
    agent: 'Paula',
    channel: 'fake',
    language: 'en',
    wallTime: '2025-01-15T09:00:00.000Z',
    policy: POLICY,
    turn: begin(POLICY, 0),
  },
}
const gone = (seq: number): JournalLine => ({ v: 2, seq, atMs: 5, input: { kind: 'gone', why: 'hung up', atMs: 5 } })

test('lines that cannot be restored are refused with the reason', () => {
  expect(() => restore([], english)).toThrow('no start of a call')
  expect(() => restore([gone(1)], english)).toThrow('line 1 comes before the start')
  expect(() => restore([started, gone(3), gone(2)], english)).toThrow('line 2 comes after line 3')
  expect(() => restore([started, gone(1)], english)).toThrow('out of order')
  expect(() => restore([started], { ...english, code: 'xx' })).toThrow('held in "en"')
  const older: JournalLine = JSON.parse(JSON.stringify({ ...started, v: 1 }))
  expect(() => restore([older], english)).toThrow('line 1 is of version 1')
})

test('a journal with lost lines is restored from the rest', () => {
  expect(restore([started, gone(17)], english).turn.kind).toBe('ended')
})

test('a call that goes on after a crash keeps the history from before it', async () => {
  const before: JournalLine[] = []
  await onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    before.push(...call.journal.lines)
  })
  const { history, turn } = restore(before, english)
  const back = begin(POLICY, 0, 'back', turn.context.ids)
  await onTheLine({ state: { history, turn: back }, earlier: before }, async call => {
    await call.pass(2_000)
    await call.callerSays('go on')
    await call.until('replying')
    await call.until('listening')
    expect(call.told()).toEqual([
      'agent: Hello, this is Paula.',
      'caller: what is next',
      'agent: Okay.',
      'agent: I am back.',
      'caller: go on',
      'agent: Okay.',
    ])
  })
})
