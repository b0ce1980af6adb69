import { expect, test } from 'vitest'
import { admission } from '../../src/operations/admission.ts'
import { FakeClock } from '../fakes/clock.ts'

const ANN = '+15550100001'
const BOB = '+15550100002'

function opened(mostAtOnce: number, mostAnHour: number, mostCalls = 100) {
  const clock = new FakeClock()
  const refused: string[] = []
  const rules = { ofCaller: { mostAtOnce, mostAnHour }, refused: (why: string) => refused.push(why), mostWaiting: 5 }
  const calls = admission(mostCalls, clock, rules)
  const ask = (callId: string, caller?: string) =>
    calls.receive(callId, { caller, sinceMs: clock.wallTime().getTime() }).kind
  return { clock, calls, refused, ask }
}

test('a number has so many calls at once, other numbers and withheld ones beside it', () => {
  const { calls, refused, ask } = opened(2, 100)
  expect([ask('CA1', ANN), ask('CA2', ANN), ask('CA3', ANN)]).toEqual(['admitted', 'admitted', 'refused'])
  expect(refused).toEqual(['caller'])
  expect([ask('CA4', BOB), ask('CA5'), ask('CA6'), ask('CA7')]).toEqual([
    'admitted',
    'admitted',
    'admitted',
    'admitted',
  ])
  calls.began('CA1')
  expect(ask('CA3', ANN)).toBe('refused')
  calls.ended('CA1')
  expect(ask('CA3', ANN)).toBe('admitted')
})

test('those of its calls that wait for a place count, so one number does not fill the queue', () => {
  const { calls, ask } = opened(2, 100, 1)
  expect([ask('CA1', BOB), ask('CA2', ANN), ask('CA3', ANN), ask('CA4', ANN)]).toEqual([
    'admitted',
    'waits',
    'waits',
    'refused',
  ])
  calls.over('CA2')
  expect(ask('CA4', ANN)).toBe('waits')
  expect(calls.waiting()).toBe(2)
})

test('a number has so many calls within any hour; those that were refused or did not get beyond the queue do not count', async () => {
  const { clock, calls, ask } = opened(1, 3, 2)
  for (const id of ['CA1', 'CA2', 'CA3']) {
    expect([ask(id, ANN), ask(`${id}x`, ANN)]).toEqual(['admitted', 'refused'])
    calls.over(id)
    await clock.advance(60_000)
  }
  expect(ask('CA4', ANN)).toBe('refused')
  expect(ask('CA5', BOB)).toBe('admitted')
  await clock.advance(57 * 60_000)
  expect(ask('CA4', ANN)).toBe('admitted')
  calls.over('CA4')
  expect(ask('CA6', ANN)).toBe('refused')
})

test('a call that is answered twice, is back from a transfer or goes on after a break counts once', () => {
  const { calls, ask } = opened(1, 2)
  expect([ask('CA1', ANN), ask('CA1', ANN)]).toEqual(['admitted', 'admitted'])
  for (let turn = 0; turn < 5; turn++) {
    calls.began('CA1')
    calls.comesBack('CA1')
    calls.ended('CA1')
    calls.forget('CA1')
    expect(ask('CA2', ANN)).toBe('refused')
    calls.goesOn('CA1', ANN)
    expect(ask('CA2', ANN)).toBe('refused')
  }
  calls.over('CA1')
  expect(ask('CA2', ANN)).toBe('admitted')
  calls.over('CA2')
  expect(ask('CA3', ANN)).toBe('refused')
})

test('a call that goes on after a break is taken on a full server, and the next new one only when there is room again', () => {
  const { calls, ask } = opened(5, 100, 1)
  expect(ask('CA1', ANN)).toBe('admitted')
  calls.began('CA1')
  calls.goesOn('CA9', BOB)
  expect(calls.begins('CA9')).toBe(true)
  calls.ended('CA1')
  expect(ask('CA2', ANN)).toBe('waits')
  calls.ended('CA9')
  expect(ask('CA2', ANN)).toBe('admitted')
})

test('callers of a day leave nothing behind', async () => {
  const { clock, calls, ask } = opened(1, 1, 1)
  for (let i = 0; i < 2_000; i++) {
    expect(ask(`CA${i}`, `+1555${String(i).padStart(7, '0')}`)).toBe('admitted')
    calls.over(`CA${i}`)
    if (i % 100 === 0) await clock.advance(5 * 60_000)
  }
  expect(clock.pending).toBe(0)
})
