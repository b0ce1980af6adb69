import { expect, test } from 'vitest'
import type { Entry } from '../../src/conversation/history.ts'
import { begun } from '../../src/conversation/state.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { dueSummary } from '../../src/memory/due-summary.ts'
import { POLICY } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const caller = (exchange: number, text: string): Entry => ({ exchange, part: -1, message: { role: 'caller', text } })
const agent = (exchange: number, text: string): Entry => ({
  ...{ exchange, part: 1, message: { role: 'agent', text, interrupted: false } },
})
const tool = (exchange: number, result: string | undefined): Entry => ({
  ...{ exchange, part: 0, message: { role: 'tool', call: toolCall('look', `call-${exchange}`), result } },
})
const exchanges = (count: number, letters = 100): readonly Entry[] =>
  Array.from({ length: count }, (_, i) => [
    caller(i + 1, 'c'.repeat(letters)),
    agent(i + 1, 'a'.repeat(letters)),
  ]).flat()
const stateOf = (history: readonly Entry[]) => begun(begin(POLICY, 0), { history })

test('nothing is due within the bound, and past it all but the last exchanges are', () => {
  // 50 tokens an exchange.
  expect(dueSummary(stateOf(exchanges(20)), 1_000)).toBeUndefined()
  expect(dueSummary(stateOf(exchanges(21)), 1_000)).toMatchObject({ from: 0, until: 16, earlier: undefined })
})

test('many short messages are summed up, however few tokens they are', () => {
  expect(dueSummary(stateOf(exchanges(60, 2)), 100_000)).toBeUndefined()
  expect(dueSummary(stateOf(exchanges(61, 2)), 100_000)).toMatchObject({ until: 46 })
})

test('an exchange stays whole: no call of a tool is parted from its result', () => {
  const history = exchanges(21).flatMap((entry, i) => (i % 2 === 0 ? [entry, tool(entry.exchange, 'r')] : [entry]))
  const due = dueSummary(stateOf(history), 1_000)
  expect(due?.messages.filter(({ role }) => role === 'tool')).toHaveLength(due?.until ?? 0)
})

test('what comes after a tool that still runs is kept, and the tool with it', () => {
  const history = exchanges(30).flatMap((entry, i) => (i === 22 ? [entry, tool(entry.exchange, undefined)] : [entry]))
  expect(dueSummary(stateOf(history), 1_000)).toMatchObject({ until: 11 })
  const early = exchanges(30).flatMap((entry, i) => (i === 2 ? [entry, tool(entry.exchange, undefined)] : [entry]))
  expect(dueSummary(stateOf(early), 1_000)).toBeUndefined()
})

test('four exchanges are kept however long they are, and what is left is not summed up for a few words', () => {
  expect(dueSummary(stateOf([...exchanges(2, 100), ...exchanges(6, 9_000).slice(4)]), 1_000)).toBeUndefined()
  expect(dueSummary(stateOf(exchanges(6, 9_000)), 1_000)).toMatchObject({ until: 2 })
})

test('what was summed up is counted no more, and goes into the next one', () => {
  const state = stateOf(exchanges(30))
  const summaries = [{ from: 0, until: 20, text: 'Notes.', after: 20 }]
  expect(dueSummary({ ...state, summaries }, 1_000)).toBeUndefined()
  expect(dueSummary({ ...stateOf(exchanges(50)), summaries }, 1_000)).toMatchObject({ earlier: 'Notes.', until: 45 })
})
