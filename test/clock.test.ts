import { mock } from 'node:test'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../src/clock.ts'

afterEach(() => mock.restoreAll())

test('Node, which leaves out parts of a millisecond, is asked for whole ones: no sleep ends a part too early', async () => {
  const real = globalThis.setTimeout
  const asked = mock.method(globalThis, 'setTimeout', (then: () => void) => real(then, 0))
  for (const ms of [19.2, 20, 0, -3.5]) await systemClock.sleep(ms, new AbortController().signal)
  expect(asked.mock.calls.map(call => Number(call.arguments.at(1)) + 0)).toEqual([20, 20, 0, 0])
})
