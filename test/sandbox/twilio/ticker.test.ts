import { expect, test } from 'vitest'
import type { Clock } from '../../../src/conversation/ports.ts'
import { openTicker } from '../../../src/sandbox/twilio/ticker.ts'

/** A clock on which every sleep takes as long as requested plus `lateMs`. */
function virtualClock(lateMs = 0) {
  let nowMs = 0
  let sleeps = 0
  const clock: Clock = {
    now: () => nowMs,
    wallTime: () => new Date(0),
    async sleep(ms, signal) {
      await Promise.resolve()
      signal.throwIfAborted()
      sleeps++
      nowMs += Math.max(0, ms) + lateMs
    },
  }
  return { clock, sleeps: () => sleeps }
}

/** The due times of a member's first `count` slots. */
function dueTimes(ticker: ReturnType<typeof openTicker>, count: number): Promise<readonly number[]> {
  const times: number[] = []
  return new Promise(resolve => {
    const leave = ticker.join(dueMs => {
      times.push(dueMs)
      if (times.length < count) return
      leave()
      resolve(times)
    })
  })
}

test('slots are due every 20 ms', async () => {
  const times = await dueTimes(openTicker(virtualClock().clock), 5)
  expect(times.map(time => time - (times[0] ?? 0))).toEqual([0, 20, 40, 60, 80])
})

test('a late timer loses no slot and moves no due time', async () => {
  const times = await dueTimes(openTicker(virtualClock(33).clock), 50)
  expect(times.map(time => time - (times[0] ?? 0))).toEqual(Array.from({ length: 50 }, (_, slot) => slot * 20))
})

test('two hundred calls need no more wake-ups than four', async () => {
  const { clock, sleeps } = virtualClock()
  const ticker = openTicker(clock)
  const calls = Array.from({ length: 200 }, () => dueTimes(ticker, 10))
  const phases = new Set((await Promise.all(calls)).map(([first = 0]) => first % 20))
  expect([...phases].sort((a, b) => a - b)).toEqual([0, 5, 10, 15])
  expect(sleeps()).toBeLessThanOrEqual(41)
})

test('the ticker stops when its last member leaves, and starts again for the next', async () => {
  const { clock, sleeps } = virtualClock()
  const ticker = openTicker(clock)
  await dueTimes(ticker, 3)
  const before = sleeps()
  for (let i = 0; i < 20; i++) await Promise.resolve()
  expect(sleeps()).toBe(before)
  expect(await dueTimes(ticker, 3)).toHaveLength(3)
})
