import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { admission } from '../../src/operations/admission.ts'
import { FakeClock } from '../fakes/clock.ts'

/** Whether the promise has resolved, without waiting for it. */
function watched(work: Promise<unknown>): { readonly isDone: boolean } {
  const state = { isDone: false }
  work.then(
    () => {
      state.isDone = true
    },
    () => undefined,
  )
  return state
}

test('calls are admitted up to the limit, and again when others end', () => {
  const calls = admission(2, new FakeClock())
  expect([calls.admit('a'), calls.admit('b'), calls.admit('c')]).toEqual([true, true, false])
  calls.began('a')
  expect(calls.admit('c')).toBe(false)
  calls.ended('a')
  expect([calls.admit('c'), calls.admit('d')]).toEqual([true, false])
})

test('a repeated webhook takes one place, whether the stream has opened or not', () => {
  const calls = admission(1, new FakeClock())
  expect([calls.admit('a'), calls.admit('a')]).toEqual([true, true])
  calls.began('a')
  expect([calls.admit('a'), calls.admit('b'), calls.live()]).toEqual([true, false, 1])
})

test('a call whose stream does not open within 30 s loses its place', async () => {
  const clock = new FakeClock()
  const calls = admission(1, clock)
  calls.admit('a')
  await clock.advance(29_999)
  expect(calls.admit('b')).toBe(false)
  await clock.advance(1)
  expect(calls.admit('b')).toBe(true)
})

test('no call is admitted after stop', () => {
  const calls = admission(5, new FakeClock())
  calls.stop()
  expect([calls.isStopped(), calls.admit('a')]).toEqual([true, false])
})

test('empty resolves at once without any calls', async () => {
  const clock = new FakeClock()
  await admission(1, clock).empty(new AbortController().signal)
  expect(clock.pending).toBe(0)
})

test('empty waits for the last live call, and leaves nothing behind', async () => {
  const clock = new FakeClock()
  const calls = admission(5, clock)
  const { signal } = new AbortController()
  calls.began('a')
  calls.began('b')
  const emptied = watched(calls.empty(signal))
  calls.ended('a')
  await clock.advance(60_000)
  expect(emptied.isDone).toBe(false)
  calls.forget('b')
  calls.ended('b')
  calls.forget('a')
  await clock.advance(0)
  expect(emptied.isDone).toBe(true)
  expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
})

test('empty waits for an answered call until its stream has opened and ended', async () => {
  const clock = new FakeClock()
  const calls = admission(5, clock)
  calls.admit('a')
  calls.stop()
  const emptied = watched(calls.empty(new AbortController().signal))
  await clock.advance(1_000)
  calls.began('a')
  await clock.advance(60_000)
  expect(emptied.isDone).toBe(false)
  calls.ended('a')
  await clock.advance(4_999)
  expect(emptied.isDone).toBe(false)
  await clock.advance(1)
  expect(emptied.isDone).toBe(true)
})

test('empty waits at most 30 s for a stream that never opens, and not at all once none is expected', async () => {
  const clock = new FakeClock()
  const calls = admission(5, clock)
  calls.admit('a')
  const late = watched(calls.empty(new AbortController().signal))
  await clock.advance(29_999)
  expect(late.isDone).toBe(false)
  await clock.advance(1)
  expect(late.isDone).toBe(true)
  calls.admit('b')
  const soon = watched(calls.empty(new AbortController().signal))
  calls.expectNone()
  await clock.advance(0)
  expect([soon.isDone, clock.pending]).toEqual([true, 0])
})

test('an abort rejects with its reason and leaves nothing behind', async () => {
  const clock = new FakeClock()
  const calls = admission(5, clock)
  const waiting = new AbortController()
  calls.began('a')
  const emptied = calls.empty(waiting.signal)
  waiting.abort(new Error('no more patience'))
  await expect(emptied).rejects.toThrow('no more patience')
  await expect(calls.empty(waiting.signal)).rejects.toThrow('no more patience')
  expect([clock.pending, getEventListeners(waiting.signal, 'abort').length]).toEqual([0, 0])
})

test('a caller who hangs up before the stream opens frees the place', () => {
  const calls = admission(1, new FakeClock())
  expect(calls.admit('CA1')).toBe(true)
  expect(calls.admit('CA2')).toBe(false)
  calls.forget('CA1')
  expect(calls.admit('CA2')).toBe(true)
})

test('a live call is not forgotten before its record is sealed', async () => {
  const calls = admission(1, new FakeClock())
  calls.admit('CA1')
  calls.began('CA1')
  calls.forget('CA1')
  expect(calls.live()).toBe(1)
  expect(calls.admit('CA2')).toBe(false)
  calls.ended('CA1')
})

test('empty waits until the carrier has asked what comes next for an ended call', async () => {
  const clock = new FakeClock()
  const calls = admission(1, clock)
  calls.began('CA1')
  const emptied = watched(calls.empty(new AbortController().signal))
  calls.ended('CA1')
  await clock.advance(300)
  expect([emptied.isDone, calls.admit('CA2')]).toEqual([false, true])
  calls.forget('CA2')
  calls.forget('CA1')
  await clock.advance(0)
  expect([emptied.isDone, clock.pending]).toEqual([true, 0])
})

test('empty waits for a call that was sent back until it asks again, or no longer does', async () => {
  const clock = new FakeClock()
  const calls = admission(1, clock)
  calls.stop()
  calls.sentBack('CA1')
  await clock.advance(1_000)
  calls.sentBack('CA1')
  calls.sentBack('CA2')
  const emptied = watched(calls.empty(new AbortController().signal))
  calls.forget('CA2')
  await clock.advance(4_999)
  expect(emptied.isDone).toBe(false)
  await clock.advance(1)
  expect([emptied.isDone, clock.pending]).toEqual([true, 0])
})
