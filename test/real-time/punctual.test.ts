import { expect, test } from 'vitest'
import { punctually, type Tried } from './punctual.ts'

const tried = (problems: readonly string[], serverMs: number): Tried => ({
  problems,
  lateness: { tickerMs: 1, serverMs, arrivalMs: 2 },
})
const tries = (...all: readonly Tried[]) => {
  let count = 0
  return {
    count: () => count,
    run: async (): Promise<Tried> => all[count++] ?? tried(['rung too often'], 0),
  }
}

test('problems on a punctual machine are the product’s, at once', async () => {
  const { run, count } = tries(tried(['too slow'], 10), tried([], 0))
  expect(await punctually(40, run)).toEqual(['too slow'])
  expect(count()).toBe(1)
})

test('a call without problems is valid, however late the machine was', async () => {
  expect(await punctually(40, tries(tried([], 500)).run)).toEqual([])
})

test('a call with problems on a late machine is void and is rung again, at most three times', async () => {
  const late = tried(['too slow'], 300)
  expect(await punctually(40, tries(late, late, tried([], 0)).run)).toEqual([])
  expect(await punctually(40, tries(late, tried(['too slow'], 5)).run)).toEqual(['too slow'])
  const busy = tries(late, late, late, tried([], 0))
  await expect(punctually(40, busy.run)).rejects.toThrow(/machine too busy.*\ntry 1 is void: .*serverMs 300/)
  expect(busy.count()).toBe(3)
})
