import { expect, test } from 'vitest'
import { Queue } from '../../src/conversation/queue.ts'

async function all<T>(queue: Queue<T>): Promise<readonly T[]> {
  const items: T[] = []
  for await (const item of queue) items.push(item)
  return items
}

test('the reader gets what was pushed before and after it began, in order', async () => {
  const queue = new Queue<number>(10)
  queue.push(1)
  const read = all(queue)
  await Promise.resolve()
  queue.push(2)
  queue.push(0)
  queue.close()
  expect(await read).toEqual([1, 2, 0])
})

test('a full queue drops the oldest items, and reports each', async () => {
  let dropped = 0
  const queue = new Queue<number>(2, () => dropped++)
  for (const item of [1, 2, 3, 4]) queue.push(item)
  queue.close()
  expect(await all(queue)).toEqual([3, 4])
  expect(dropped).toBe(2)
})

test('a failed queue gives its items, then the error', async () => {
  const queue = new Queue<number>(2)
  queue.push(1)
  queue.fail(new Error('lost'))
  const reader = queue[Symbol.asyncIterator]()
  expect(await reader.next()).toEqual({ value: 1, done: false })
  await expect(reader.next()).rejects.toThrow('lost')
})

test('the end and an error wake a waiting reader', async () => {
  const closed = new Queue<number>(2)
  const reading = all(closed)
  await Promise.resolve()
  closed.close()
  expect(await reading).toEqual([])

  const failed = new Queue<number>(2)
  const waiting = all(failed)
  await Promise.resolve()
  failed.fail(new Error('lost'))
  await expect(waiting).rejects.toThrow('lost')
})

test('items after the end are ignored', async () => {
  const queue = new Queue<number>(2)
  queue.close()
  queue.push(1)
  queue.fail(new Error('late'))
  expect(await all(queue)).toEqual([])
})
