import { expect, test } from 'vitest'
import { begin } from '../../src/conversation/turn/enter.ts'
import { step } from '../../src/conversation/turn/step.ts'
import type { Turn, TurnEvent } from '../../src/conversation/turn/turn.ts'
import { POLICY, RULES } from '../fakes/call.ts'
import { CALL, linesOf, observed } from './observed.ts'

/** The greeting, of which the caller has heard a part; it is reply 3. */
const GREETING = begin(POLICY, 0)
const REPLY = 3
const heard: TurnEvent = {
  ...{ kind: 'heard', reply: REPLY, part: 0, text: 'Hello, this is one stove', cut: false, atMs: 900 },
}
const sounding: TurnEvent = { kind: 'reply-sounding', reply: REPLY, part: 0, atMs: 100 }
const starts: TurnEvent = { kind: 'speech-start', firstVoicedMs: 980, atMs: 1_000 }
const ends: TurnEvent = { kind: 'speech-end', lastVoicedMs: 1_200, atMs: 1_300 }
const words = (text: string): TurnEvent => ({ kind: 'words', text, final: true, ended: true, atMs: 1_400 })

/** What is judged to be over after the caller has begun over the greeting; waits are over by themselves, one after the other. */
function judged(events: readonly TurnEvent[], waits: number, own?: number, from: Turn = GREETING) {
  const all = [sounding, heard, starts, ...events]
  let turn = all.reduce((before, event) => step(before, event, RULES), from)
  for (let i = 0; i < waits && turn.kind === 'yielding'; i++) {
    const { id, dueMs } = turn.judging
    const over: TurnEvent = { kind: 'wait-over', wait: id, atMs: dueMs, ...(own !== undefined && { own }) }
    all.push(over)
    turn = step(turn, over, RULES)
  }
  return observed(linesOf(from, all), CALL, 'overlaps_total')
}

test('words that are no listening noise are an interruption', () => {
  expect(judged([words('stop, I have a question')], 0)).toEqual({ 'overlaps_total{interruption}': 1 })
})

test('a cough is a noise', () => {
  expect(judged([ends], 1)).toEqual({ 'overlaps_total{noise}': 1 })
})

test('a cough that sounds like the agent is its echo, and so are its own words', () => {
  expect(judged([ends], 1, 0.9)).toEqual({ 'overlaps_total{echo}': 1 })
  expect(judged([words('this is one'), ends], 1)).toEqual({ 'overlaps_total{echo}': 1 })
})

test('a sign of listening is a back-channel', () => {
  expect(judged([words('mm-hm'), ends], 1)).toEqual({ 'overlaps_total{back-channel}': 1 })
})

test('a sound that stays without a word takes the turn', () => {
  expect(judged([], 5)).toEqual({ 'overlaps_total{wordless}': 1 })
})

test('a key takes the turn', () => {
  expect(judged([{ kind: 'digit', digit: '4', atMs: 1_100 }], 0)).toEqual({ 'overlaps_total{keys}': 1 })
})

test('over the notice nothing interrupts', () => {
  const notice = begin(POLICY, 0, 'notice')
  const done: TurnEvent = { kind: 'reply-done', reply: REPLY, atMs: 2_000 }
  expect(judged([words('stop, I have a question'), done], 0, undefined, notice)).toEqual({
    'overlaps_total{uninterruptible}': 1,
  })
})

test('who hangs up meanwhile was not judged', () => {
  expect(judged([{ kind: 'gone', why: 'hung up', atMs: 1_100 }], 0)).toEqual({ 'overlaps_total{ended}': 1 })
})
