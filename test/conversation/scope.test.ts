import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { orAborted, scopeOf, within } from '../../src/conversation/scope.ts'
import { FakeClock } from '../fakes/clock.ts'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('a scope is aborted with its parent, and with the parent’s reason', () => {
  const parent = new AbortController()
  const { signal } = scopeOf(parent.signal)
  parent.abort('over')
  expect(signal).toMatchObject({ aborted: true, reason: 'over' })
  expect(scopeOf(parent.signal).signal).toMatchObject({ aborted: true, reason: 'over' })
})

test('a scope that is aborted or released leaves no listener, and does not abort its parent', () => {
  const parent = new AbortController()
  const aborted = scopeOf(parent.signal)
  const released = scopeOf(parent.signal)
  expect(listeners(parent.signal)).toBe(2)
  aborted.abort('enough')
  released.release()
  expect(listeners(parent.signal)).toBe(0)
  expect(parent.signal.aborted).toBe(false)
  expect(released.signal.aborted).toBe(false)
})

test('orAborted waits for the work unless the signal aborts, and leaves no listener', async () => {
  const { signal } = new AbortController()
  expect(await orAborted(Promise.resolve(7), signal)).toBe(7)
  await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed')
  expect(listeners(signal)).toBe(0)

  const stopped = new AbortController()
  const waiting = orAborted(new Promise(() => undefined), stopped.signal)
  stopped.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  expect(listeners(stopped.signal)).toBe(0)
})

test('an error after an abort is handled', async () => {
  const { promise, reject } = Promise.withResolvers<void>()
  const waiting = orAborted(promise, AbortSignal.abort(new Error('stopped')))
  await expect(waiting).rejects.toThrow('stopped')
  reject(new Error('too late'))
  await new Promise(resolve => setImmediate(resolve))
})

test('work within its time gives its result, and no wait is left', async () => {
  const clock = new FakeClock()
  const { signal } = new AbortController()
  expect(await within(100, 'it', clock, async () => 7, signal)).toBe(7)
  await expect(within(100, 'it', clock, () => Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed')
  expect(clock.pending).toBe(0)
  expect(listeners(signal)).toBe(0)
})

test('work beyond its time is aborted, and the error says what took how long', async () => {
  const clock = new FakeClock()
  const { signal } = new AbortController()
  let seen: AbortSignal | undefined
  const work = (limit: AbortSignal): Promise<void> => {
    seen = limit
    return clock.sleep(1_000, limit)
  }
  const slow = within(100, 'the tool', clock, work, signal)
  const told = expect(slow).rejects.toThrow('the tool took longer than 100 ms')
  await clock.advance(100)
  await told
  expect(seen?.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})

test('work on an aborted signal fails with its reason', async () => {
  const clock = new FakeClock()
  const signal = AbortSignal.abort(new Error('too late'))
  await expect(within(100, 'it', clock, limit => clock.sleep(10, limit), signal)).rejects.toThrow('too late')
  expect(clock.pending).toBe(0)
})
