import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advance, type ConversationState } from '../../../src/conversation/state.ts'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { type TurnEvent, worksOf } from '../../../src/conversation/turn/turn.ts'
import { RULES } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

/** Makes an event about the nth work that the turn names, so that most events concern a work that exists. */
type Draw = (state: ConversationState, atMs: number) => TurnEvent

const workId = (state: ConversationState, kind: 'wait' | 'reply' | 'stt-session', nth: number): number => {
  const ids = worksOf(state.turn).flatMap(work => (work.kind === kind ? [work.id] : []))
  return ids[nth % Math.max(1, ids.length)] ?? nth
}
const nth = fc.nat({ max: 5 })
const text = fc.constantFrom('', 'yes', 'no wait', 'I want to', 'put me through to a person', ' ')
const draws: fc.Arbitrary<Draw> = fc.oneof(
  fc.nat({ max: 5_000 }).map(
    (ms): Draw =>
      (_, atMs) => ({ kind: 'speech-start', firstVoicedMs: atMs - ms, atMs }),
  ),
  fc.nat({ max: 5_000 }).map(
    (ms): Draw =>
      (_, atMs) => ({ kind: 'speech-end', lastVoicedMs: atMs - ms, atMs }),
  ),
  fc.record({ text, final: fc.boolean(), ended: fc.boolean() }).map(
    (words): Draw =>
      (_, atMs) => ({ kind: 'words', ...words, atMs }),
  ),
  fc.constantFrom(...'0149*#').map(
    (digit): Draw =>
      (_, atMs) => ({ kind: 'digit', digit, atMs }),
  ),
  nth.map(
    (n): Draw =>
      (state, atMs) => ({ kind: 'wait-over', wait: workId(state, 'wait', n), atMs }),
  ),
  nth.map(
    (n): Draw =>
      (state, atMs) => ({ kind: 'reply-sounding', reply: workId(state, 'reply', n), part: 0, atMs }),
  ),
  fc.record({ n: nth, part: fc.nat({ max: 2 }), utterance: text, cut: fc.boolean() }).map(
    ({ n, part, utterance, cut }): Draw =>
      (state, atMs) => ({ kind: 'heard', reply: workId(state, 'reply', n), part, text: utterance, cut, atMs }),
  ),
  fc.record({ n: nth, id: fc.constantFrom('a', 'b') }).map(
    ({ n, id }): Draw =>
      (state, atMs) => ({
        kind: 'tool-called',
        reply: workId(state, 'reply', n),
        part: 0,
        call: toolCall('list', id),
        atMs,
      }),
  ),
  fc.record({ n: nth, callId: fc.constantFrom('a', 'b') }).map(
    ({ n, callId }): Draw =>
      (state, atMs) => ({
        kind: 'tool-result',
        reply: workId(state, 'reply', n),
        part: 0,
        callId,
        result: 'eggs',
        atMs,
      }),
  ),
  nth.map(
    (n): Draw =>
      (state, atMs) => ({ kind: 'reply-done', reply: workId(state, 'reply', n), part: 0, atMs }),
  ),
  nth.map(
    (n): Draw =>
      (state, atMs) => ({ kind: 'reply-failed', reply: workId(state, 'reply', n), provider: 'model', why: 'no', atMs }),
  ),
  fc.record({ n: nth, retryable: fc.boolean() }).map(
    ({ n, retryable }): Draw =>
      (state, atMs) => ({ kind: 'stt-failed', session: workId(state, 'stt-session', n), why: 'no', retryable, atMs }),
  ),
)
const last = fc.constantFrom<'gone' | 'stopped'>('gone', 'stopped').map(
  (kind): Draw =>
    (_, atMs) => ({ kind, why: 'over', atMs }),
)
const calls = fc.array(fc.oneof({ weight: 60, arbitrary: draws }, { weight: 1, arbitrary: last }), {
  minLength: 1,
  maxLength: 60,
})

/** All states of a call with these events. */
function statesOf(call: readonly Draw[], canTransfer: boolean): readonly ConversationState[] {
  const rules = { ...RULES, policy: { ...RULES.policy, canTransfer } }
  const states: ConversationState[] = [{ turn: begin(rules.policy, 0), history: [] }]
  let atMs = 0
  for (const draw of call) {
    const state = states.at(-1)
    if (!state) break
    atMs += 50
    states.push(advance(state, draw(state, atMs), rules))
  }
  return states
}

/** Checks each two successive states of any call. */
const always = (check: (before: ConversationState, after: ConversationState) => void): void =>
  fc.assert(
    fc.property(calls, fc.boolean(), (call, canTransfer) => {
      const states = statesOf(call, canTransfer)
      states.forEach((after, index) => {
        const before = states[index - 1]
        if (before) check(before, after)
      })
    }),
    { seed: 11, numRuns: 500 },
  )

test('whatever happens, ids only grow, and a new work never has an old id', () =>
  always((before, after) => {
    expect(after.turn.context.ids).toBeGreaterThanOrEqual(before.turn.context.ids)
    const known = new Set(worksOf(before.turn).map(work => work.id))
    for (const { id } of worksOf(after.turn)) {
      expect(id).toBeLessThanOrEqual(after.turn.context.ids)
      if (!known.has(id)) expect(id).toBeGreaterThan(before.turn.context.ids)
    }
  }))

test('whatever happens, no two works of a turn have the same id', () =>
  always((_, after) => {
    const ids = worksOf(after.turn).map(work => work.id)
    expect(new Set(ids).size).toBe(ids.length)
  }))

test('whatever happens, a work that is still named has not changed', () =>
  always((before, after) => {
    for (const work of worksOf(after.turn)) {
      const was = worksOf(before.turn).find(({ id }) => id === work.id)
      if (!was) continue
      expect(work.kind).toBe(was.kind)
      if (work.kind === 'wait' && was.kind === 'wait') expect(work.wait.dueMs).toBe(was.wait.dueMs)
      if (work.kind === 'reply' && was.kind === 'reply') expect(work.reply.content).toEqual(was.reply.content)
    }
  }))

test('whatever happens, a call that has ended stays ended', () =>
  always((before, after) => {
    if (before.turn.kind === 'ended') expect(after.turn).toBe(before.turn)
  }))

test('whatever happens, a turn names a wait or a reply, so that no call stands still', () =>
  always((_, { turn }) => {
    const kinds = worksOf(turn).map(({ kind }) => kind)
    if (turn.kind === 'listening' || turn.kind === 'settling')
      expect(kinds.filter(kind => kind === 'wait').length).toBe(2)
    if (turn.kind === 'replying' || turn.kind === 'yielding') expect(kinds).toContain('reply')
  }))

test('whatever happens, the history stays in order, and no place has two messages of the agent', () =>
  always((_, { history }) => {
    const places = history.map(({ exchange, part }) => exchange * 1e6 + part)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    const agents = history.flatMap(({ exchange, part, message }) =>
      message.role === 'agent' ? [`${exchange}/${part}`] : [],
    )
    expect(new Set(agents).size).toBe(agents.length)
  }))

test('the same events give the same conversation', () => {
  fc.assert(
    fc.property(calls, call => {
      expect(statesOf(call, true)).toEqual(statesOf(call, true))
    }),
    { seed: 11, numRuns: 200 },
  )
})
