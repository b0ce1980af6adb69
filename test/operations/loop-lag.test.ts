import { expect, test } from 'vitest'
import type { Clock } from '../../src/conversation/ports.ts'
import { loopLag } from '../../src/operations/loop-lag.ts'
import { FakeClock } from '../fakes/clock.ts'

/** A loop in which each timer comes as late as `lateMs` says then. */
function lateLoop() {
  const time = new FakeClock()
  const state = { lateMs: 0 }
  const clock: Clock = {
    now: () => time.now(),
    wallTime: () => time.wallTime(),
    sleep: (ms, signal) => time.sleep(ms + state.lateMs, signal),
  }
  const warned: (readonly [object, string])[] = []
  const lag = loopLag(clock, { warn: (fields, message) => warned.push([fields, message]) })
  const watching = new AbortController()
  const watched = lag.watch(watching.signal)
  watched.catch(() => undefined)
  return { time, state, lag, warned, watching, watched }
}

test('a loop that stays late is late after a second and a half, with one line in the log, and until it was punctual for three seconds', async () => {
  const { time, state, lag, warned } = lateLoop()
  await time.advance(5_000)
  expect(lag.isLate()).toBe(false)
  state.lateMs = 120
  await time.advance(1_400)
  expect(lag.isLate()).toBe(false)
  await time.advance(1_000)
  expect(lag.isLate()).toBe(true)
  // Less late than what began it, but not punctual: it lasts.
  state.lateMs = 60
  await time.advance(20_000)
  expect(lag.isLate()).toBe(true)
  state.lateMs = 0
  await time.advance(2_500)
  expect(lag.isLate()).toBe(true)
  await time.advance(1_500)
  expect(lag.isLate()).toBe(false)
  expect(warned).toEqual([[{ lagMs: 120 }, expect.stringContaining('the event loop is late')]])
  state.lateMs = 300
  await time.advance(3_000)
  expect([lag.isLate(), warned.length]).toEqual([true, 2])
})

test('one stall is no load, however long it is, and neither are pauses of the garbage collector', async () => {
  const { time, state, lag, warned } = lateLoop()
  await time.advance(1_000)
  time.stall(20_000)
  await time.advance(3_000)
  expect(lag.isLate()).toBe(false)
  for (let second = 0; second < 20; second++) {
    state.lateMs = 150
    await time.advance(200)
    state.lateMs = 0
    await time.advance(800)
  }
  expect([lag.isLate(), warned]).toEqual([false, []])
})

test('a loop that is late now and then, between which it is punctual, does not let calls in and out by turns', async () => {
  const { time, state, lag, warned } = lateLoop()
  for (let turn = 0; turn < 10; turn++) {
    state.lateMs = 200
    await time.advance(2_500)
    expect(lag.isLate()).toBe(true)
    state.lateMs = 0
    await time.advance(2_000)
    expect(lag.isLate()).toBe(true)
  }
  expect(warned.length).toBe(1)
})

test('the watch ends with its signal and leaves nothing behind', async () => {
  const { time, watching, watched } = lateLoop()
  await time.advance(700)
  watching.abort(new Error('closing'))
  await expect(watched).rejects.toThrow('closing')
  expect(time.pending).toBe(0)
})
