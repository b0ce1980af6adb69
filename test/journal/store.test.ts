import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/journal/store.ts'
import { databasesFor } from '../tasks/databases.ts'
import { openStore } from './opened-store.ts'

const AT = new Date('2025-01-15T09:00:00Z')

async function opened(url: string): Promise<Store> {
  const store = await openStore(url)
  onTestFinished(() => store.close())
  return store
}

test('a store can live in memory', async () => {
  const store = await opened('sqlite::memory:')
  expect(await store.takePass('CA1', 1, AT)).toBe(true)
})

describe.each(await databasesFor('the tests of the store'))('on $name', ({ newUrl }) => {
  test('a pass is taken once by simultaneous requests', async () => {
    const store = await opened(await newUrl())
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.takePass('CA1', 1, AT)))
    expect(taken.filter(first => first)).toHaveLength(1)
  })

  test('a pass is taken once by two servers that share the database', async () => {
    const url = await newUrl()
    const [one, other] = [await opened(url), await opened(url)]
    const taken = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : other).takePass('CA1', 1, AT)),
    )
    expect(taken.filter(first => first)).toHaveLength(1)
  })

  test('each stream of each call has its own pass', async () => {
    const store = await opened(await newUrl())
    expect(await store.takePass('CA1', 1, AT)).toBe(true)
    expect(await store.takePass('CA1', 2, AT)).toBe(true)
    expect(await store.takePass('CA2', 1, AT)).toBe(true)
    expect(await store.takePass('CA1', 1, AT)).toBe(false)
    expect(await store.factsOf('CA1')).toEqual({ streams: 2, next: undefined })
  })

  test('what a call meets next is stored, and cleared when its next stream opens', async () => {
    const store = await opened(await newUrl())
    await store.takePass('CA1', 1, AT)
    await store.keepNext('CA1', 'transfer')
    expect(await store.factsOf('CA1')).toEqual({ streams: 1, next: 'transfer' })
    await store.takePass('CA1', 2, AT)
    expect(await store.factsOf('CA1')).toEqual({ streams: 2, next: undefined })
  })

  test('nothing is known of an unknown call', async () => {
    const store = await opened(await newUrl())
    expect(await store.factsOf('CA9')).toEqual({ streams: 0, next: undefined })
    expect(await store.linesOf('CA9')).toEqual([])
  })

  test('the lines of a call are in the order of their numbers, for any order of commits', async () => {
    const store = await opened(await newUrl())
    await store.commit('CA1', 1, 11, '{"seq":11}')
    await store.commit('CA2', 1, 1, '{"seq":1}')
    await store.commit('CA1', 1, 2, '{"seq":2}\n{"seq":3}')
    await store.commit('CA1', 1, 1, '{"seq":1}\n')
    expect(await store.linesOf('CA1')).toEqual(['{"seq":1}', '{"seq":2}', '{"seq":3}', '{"seq":11}'])
  })

  test('the same lines of a call cannot be committed twice', async () => {
    const store = await opened(await newUrl())
    await store.commit('CA1', 1, 1, '{"seq":1}')
    await expect(store.commit('CA1', 1, 1, '{"seq":1}')).rejects.toThrow(/unique/i)
  })

  test('committed data survives the process', async () => {
    const url = await newUrl()
    const first = await openStore(url)
    await first.takePass('CA1', 1, AT)
    await first.keepNext('CA1', 'goodbye')
    await first.commit('CA1', 1, 1, '{"seq":1}')
    await first.close()
    const second = await opened(url)
    expect(await second.takePass('CA1', 1, AT)).toBe(false)
    expect(await second.factsOf('CA1')).toEqual({ streams: 1, next: 'goodbye' })
    expect(await second.linesOf('CA1')).toEqual(['{"seq":1}'])
  })

  test('committed data can be read by another server at once', async () => {
    const url = await newUrl()
    const [one, other] = [await opened(url), await opened(url)]
    await one.commit('CA1', 1, 1, '{"seq":1}')
    expect(await other.linesOf('CA1')).toEqual(['{"seq":1}'])
  })

  test('several servers can create the tables of a new database at once', async () => {
    const url = await newUrl()
    const stores = await Promise.all(Array.from({ length: 4 }, () => opened(url)))
    const taken = await Promise.all(stores.map(store => store.takePass('CA1', 1, AT)))
    expect(taken.filter(first => first)).toHaveLength(1)
  })
})
