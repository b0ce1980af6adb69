import { expect, test } from 'vitest'
import { type Entry, messagesOf, remember } from '../../src/conversation/history.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import { english } from '../../src/languages/english.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const turn = begin(POLICY, 0)
const remembered = (...events: readonly TurnEvent[]): readonly Entry[] =>
  events.reduce<readonly Entry[]>((history, event) => remember(history, event, turn, turn, english), [])
const heard = (reply: number, part: number, text: string, cut = false): TurnEvent => ({
  kind: 'heard',
  reply,
  part,
  text,
  cut,
  atMs: 0,
})
const called = (reply: number, part: number, id: string): TurnEvent => ({
  kind: 'tool-called',
  reply,
  part,
  call: toolCall(id, id),
  atMs: 0,
})
const result = (reply: number, part: number, callId: string): TurnEvent => ({
  kind: 'tool-result',
  reply,
  part,
  callId,
  result: `${callId} done`,
  atMs: 0,
})
const inShort = (history: readonly Entry[]): readonly string[] =>
  messagesOf(history).map(message =>
    message.role === 'tool' ? `${message.call.id}: ${message.result ?? '…'}` : message.text,
  )

test('what was heard of one part replaces what was heard before', () => {
  const history = remembered(heard(3, 0, 'There'), heard(3, 0, 'There are'), heard(3, 0, 'There are two', true))
  expect(messagesOf(history)).toEqual([{ role: 'agent', text: 'There are two', interrupted: true }])
})

test('a reply of which nothing was heard leaves nothing', () => {
  expect(remembered(heard(3, 0, '', true))).toEqual([])
})

test.each([
  { name: 'in order', order: [0, 1, 2, 3, 4] },
  { name: 'the words late', order: [1, 2, 3, 4, 0] },
  { name: 'the next reply first', order: [4, 3, 1, 2, 0] },
])('the order is that of the conversation, when things come $name', ({ order }) => {
  const events = [heard(3, 0, 'one'), called(3, 0, 'a'), called(3, 0, 'b'), heard(3, 1, 'two'), heard(9, 0, 'three')]
  const history = remembered(...order.flatMap(index => events[index] ?? []))
  expect(inShort(history)).toEqual(['one', 'a: …', 'b: …', 'two', 'three'])
})

test('a result belongs to its own call', () => {
  const history = remembered(called(3, 0, 'a'), called(3, 1, 'a'), called(5, 0, 'a'), result(3, 1, 'a'))
  expect(inShort(history)).toEqual(['a: …', 'a: a done', 'a: …'])
})

test('a result without a call is not in the history', () => {
  expect(remembered(result(3, 0, 'a'))).toEqual([])
})
