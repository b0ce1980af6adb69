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
  const leftovers = () => ({ sleepers: clock.pending, listeners: getEventListeners(lifetime.signal, 'abort').length })
  return { clock, lifetime, source, items, leftovers }
}
const NOTHING = { sleepers: 0, listeners: 0 }
const stalled = (ms: number) =>
  expect.objectContaining({ provider: 'Somebody', retryable: true, message: `Somebody: nothing came for ${ms} ms` })

test('items and the end are passed on', async () => {
  const { source, items, leftovers } = watched()
  source.push('a')
  source.push('b')
  source.close()
  expect(await Array.fromAsync(items)).toEqual(['a', 'b'])
  expect(leftovers()).toEqual(NOTHING)
})

test('the first item may take up to the first limit', async () => {
  const { clock, items, leftovers } = watched()
  const next = items.next().catch(error => error)
  await clock.advance(2_999)
  expect(clock.pending).toBe(1)
  await clock.advance(1)
  expect(await next).toEqual(stalled(3_000))
  expect(leftovers()).toEqual(NOTHING)
})

test('each later item has its own limit, counted from its request', async () => {
  const { clock, source, items, leftovers } = watched()
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
  expect(leftovers()).toEqual(NOTHING)
})

test('an error of the stream is passed on', async () => {
  const { source, items, leftovers } = watched()
  source.fail(new Error('broken'))
  await expect(items.next()).rejects.toThrow('broken')
  expect(leftovers()).toEqual(NOTHING)
})

test('an abort throws its reason at once', async () => {
  const { lifetime, items, leftovers } = watched()
  const next = items.next()
  lifetime.abort(new Error('barge-in'))
  await expect(next).rejects.toThrow('barge-in')
  expect(leftovers()).toEqual(NOTHING)
})

test('an earlier abort throws too', async () => {
  const { lifetime, items, leftovers } = watched()
  lifetime.abort(new Error('barge-in'))
  await expect(items.next()).rejects.toThrow('barge-in')
  expect(leftovers()).toEqual(NOTHING)
})

test('a reader that stops early leaves nothing behind', async () => {
  const { source, items, leftovers } = watched()
  source.push('a')
  for await (const _ of items) break
  expect(leftovers()).toEqual(NOTHING)
})
