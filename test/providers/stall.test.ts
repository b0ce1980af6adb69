import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Queue } from '../../src/conversation/queue.ts'
import { unstalled } from '../../src/providers/stall.ts'
import { FakeClock } from '../fakes/clock.ts'

const LIMITS = { firstMs: 3_000, nextMs: 1_000 }

function watched() {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  const source = new Queue<string>(10)
  const items = unstalled(source, LIMITS, 'Somebody', clock, lifetime.signal)
  const left = () => ({ sleepers: clock.pending, listeners: getEventListeners(lifetime.signal, 'abort').length })
  return { clock, lifetime, source, items, left }
}
const NOTHING = { sleepers: 0, listeners: 0 }
const stalled = (ms: number) =>
  expect.objectContaining({ provider: 'Somebody', retryable: true, message: `Somebody: nothing came for ${ms} ms` })

test('items pass, and the end', async () => {
  const { source, items, left } = watched()
  source.push('a')
  source.push('b')
  source.close()
  expect(await Array.fromAsync(items)).toEqual(['a', 'b'])
  expect(left()).toEqual(NOTHING)
})

test('the first item may take the first limit, and not longer', async () => {
  const { clock, items, left } = watched()
  const next = items.next().catch(error => error)
  await clock.advance(2_999)
  expect(clock.pending).toBe(1)
  await clock.advance(1)
  expect(await next).toEqual(stalled(3_000))
  expect(left()).toEqual(NOTHING)
})

test('each later item has its own limit, counted from when it was asked for', async () => {
  const { clock, source, items, left } = watched()
  source.push('a')
  await items.next()
  await clock.advance(5_000)
  const second = items.next()
  await clock.advance(900)
  source.push('b')
  expect((await second).value).toBe('b')
  const third = items.next().catch(error => error)
  await clock.advance(1_000)
  expect(await third).toEqual(stalled(1_000))
  expect(left()).toEqual(NOTHING)
})

test('an error of the stream passes', async () => {
  const { source, items, left } = watched()
  source.fail(new Error('broken'))
  await expect(items.next()).rejects.toThrow('broken')
  expect(left()).toEqual(NOTHING)
})

test('an abort is thrown at once, with its own reason', async () => {
  const { lifetime, items, left } = watched()
  const next = items.next()
  lifetime.abort(new Error('barge-in'))
  await expect(next).rejects.toThrow('barge-in')
  expect(left()).toEqual(NOTHING)
})

test('an abort from before is thrown too', async () => {
  const { lifetime, items, left } = watched()
  lifetime.abort(new Error('barge-in'))
  await expect(items.next()).rejects.toThrow('barge-in')
  expect(left()).toEqual(NOTHING)
})

test('a reader who leaves leaves nothing behind', async () => {
  const { source, items, left } = watched()
  source.push('a')
  for await (const _ of items) break
  expect(left()).toEqual(NOTHING)
})
