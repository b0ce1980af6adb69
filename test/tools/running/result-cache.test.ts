import { expect, test } from 'vitest'
import { resultCache } from '../../../src/tools/running/result-cache.ts'
import { FakeClock } from '../../fakes/clock.ts'

const PLACE = { owner: 'A', server: 'far' }

/** A cache whose reads are counted: each gives its number. */
function counting() {
  const clock = new FakeClock()
  const cache = resultCache(clock)
  let reads = 0
  const ask = (key: string, more: { place?: typeof PLACE; isCacheable?: boolean; forMs?: number } = {}) =>
    cache.answer(more.place ?? PLACE, key, more.forMs ?? 1_000, async () => ({
      text: `${++reads}`,
      isCacheable: more.isCacheable ?? true,
    }))
  return { clock, cache, ask }
}

test('an answer is good for as long as it was cached for, and not a millisecond longer', async () => {
  const { clock, ask } = counting()
  expect([await ask('a'), await ask('a'), await ask('b', { forMs: 5 })]).toEqual(['1', '1', '2'])
  await clock.advance(5)
  expect(await ask('b')).toBe('3')
  await clock.advance(994)
  expect(await ask('a')).toBe('1')
  await clock.advance(1)
  expect(await ask('a')).toBe('4')
})

test('an answer that may not be cached is read anew each time', async () => {
  const { ask } = counting()
  expect([await ask('a', { isCacheable: false }), await ask('a'), await ask('a')]).toEqual(['1', '2', '2'])
})

test('owners and servers share nothing, and a change drops what was read there, and nothing else', async () => {
  const { cache, ask } = counting()
  const places = [PLACE, { owner: 'B', server: 'far' }, { owner: 'A', server: 'near' }]
  const all = async (): Promise<readonly string[]> => {
    const found: string[] = []
    for (const place of places) found.push(await ask('a', { place }))
    return found
  }
  expect([await all(), await all()]).toEqual([
    ['1', '2', '3'],
    ['1', '2', '3'],
  ])
  cache.changed(PLACE)
  expect(await all()).toEqual(['4', '2', '3'])
})

test('of what is being read while something changes there nothing is cached, of what is read elsewhere all', async () => {
  const cache = resultCache(new FakeClock())
  const far = Promise.withResolvers<void>()
  const slow = (text: string) => async () => {
    await far.promise
    return { text, isCacheable: true }
  }
  const other = { owner: 'A', server: 'near' }
  const both = [cache.answer(PLACE, 'a', 1_000, slow('old')), cache.answer(other, 'a', 1_000, slow('kept'))]
  cache.changed(PLACE)
  far.resolve()
  expect(await Promise.all(both)).toEqual(['old', 'kept'])
  const fresh = async () => ({ text: 'new', isCacheable: true })
  expect(await cache.answer(PLACE, 'a', 1_000, fresh)).toBe('new')
  expect(await cache.answer(other, 'a', 1_000, fresh)).toBe('kept')
})

test('500 answers are kept; of one more the one is dropped that was read longest ago', async () => {
  const { ask, clock } = counting()
  const keep = (key: number) => ask(`${key}`, { forMs: 60_000 })
  await ask('0', { forMs: 5 })
  for (let key = 1; key < 500; key++) await keep(key)
  await clock.advance(5)
  // Read anew: it is not the oldest any more.
  expect(await keep(0)).toBe('501')
  expect(await keep(1)).toBe('2')
  expect(await keep(500)).toBe('502')
  expect([await keep(0), await keep(2), await keep(499)]).toEqual(['501', '3', '500'])
  expect(await keep(1)).toBe('503')
})

test('a read that fails caches nothing, and leaves nothing behind', async () => {
  const { cache, ask } = counting()
  await expect(cache.answer(PLACE, 'a', 1_000, () => Promise.reject(new Error('it is away')))).rejects.toThrow('away')
  cache.changed(PLACE)
  expect(await ask('a')).toBe('1')
})
