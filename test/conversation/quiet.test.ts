import { expect, test } from 'vitest'
import type { Clock } from '../../src/conversation/ports.ts'
import { quietFor } from '../../src/conversation/quiet.ts'
import { within } from '../../src/conversation/scope.ts'
import { onTheLine } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'

/** A wait of 5 s; `came` is what is waited for. */
function waiting() {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  let lastMs = clock.now()
  const wait = { clock, lifetime, isOver: false, came: () => (lastMs = clock.now()) }
  quietFor(5_000, clock, lifetime.signal, () => lastMs).then(
    () => {
      wait.isOver = true
    },
    () => undefined,
  )
  return wait
}

test('a wait is over when nothing came for its time, to the millisecond', async () => {
  const wait = waiting()
  await wait.clock.advance(3_210)
  wait.came()
  await wait.clock.advance(4_999)
  expect(wait.isOver).toBe(false)
  await wait.clock.advance(1)
  expect(wait.isOver).toBe(true)
  expect(wait.clock.pending).toBe(0)
})

test('an abort ends the wait and leaves nothing behind', async () => {
  const wait = waiting()
  await wait.clock.advance(2_500)
  wait.lifetime.abort(new Error('over'))
  await wait.clock.advance(0)
  expect(wait).toMatchObject({ isOver: false, clock: { pending: 0 } })
})

test.each([
  [20, 6_000],
  [2_000, 6_000],
  [4_990, 6_000],
  [4_990, 60_000],
  [3_000, 1_990],
])('after %i ms and a stall of %i ms, what has come meanwhile is read first', async (beforeMs, stallMs) => {
  const wait = waiting()
  await wait.clock.advance(beforeMs)
  wait.clock.stall(stallMs)
  await wait.clock.advance(100)
  expect(wait.isOver).toBe(false)
  wait.came()
  await wait.clock.advance(4_900)
  expect(wait.isOver).toBe(false)
  await wait.clock.advance(100)
  expect(wait.isOver).toBe(true)
})

test('a fraction of a millisecond that a timer of whole ones leaves is not waited for', async () => {
  const clock = new FakeClock()
  const wholeMs: Clock = {
    now: () => clock.now(),
    wallTime: () => clock.wallTime(),
    sleep: (ms, signal) => clock.sleep(Math.max(1, Math.trunc(ms)), signal),
  }
  let isOver = false
  quietFor(10.7, wholeMs, new AbortController().signal).then(() => {
    isOver = true
  })
  await clock.advance(9)
  expect(isOver).toBe(false)
  await clock.advance(1)
  expect(isOver).toBe(true)
})

test('of a stall at most a second counts, and the wait still ends', async () => {
  const wait = waiting()
  await wait.clock.advance(1_500)
  wait.clock.stall(30_000)
  await wait.clock.advance(2_499)
  expect(wait.isOver).toBe(false)
  await wait.clock.advance(1_001)
  expect(wait.isOver).toBe(true)
})

test('work that ended during a stall is not too late', async () => {
  const clock = new FakeClock()
  const { promise, resolve } = Promise.withResolvers<string>()
  const limited = within(1_000, 'the tool', clock, () => promise, new AbortController().signal)
  await clock.advance(10)
  clock.stall(6_000)
  await clock.advance(0)
  resolve('read from the socket')
  expect(await limited).toBe('read from the socket')
  expect(clock.pending).toBe(0)
})

test('a caller who spoke while the process was stalled is not asked whether they are there', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.pass(8_000)
    call.clock.stall(6_000)
    await call.pass(0)
    await call.speechStart()
    await call.words('What time is it?', { final: true, ended: true })
    await call.speechEnd()
    await call.pass(2_000)
    expect(call.heard()).toEqual(['Hello, this is Paula.', 'Okay.'])
  }))
