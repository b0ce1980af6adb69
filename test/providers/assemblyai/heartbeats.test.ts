import { expect, test } from 'vitest'
import { Heartbeats } from '../../../src/providers/assemblyai/heartbeats.ts'

/** Beats every so many ms, from 0 to this time. */
function beating(everyMs: number, untilMs: number): Heartbeats {
  const heartbeats = new Heartbeats()
  for (let ms = 0; ms <= untilMs; ms += everyMs) heartbeats.beat(ms)
  return heartbeats
}

test('a service that never beats is not dead, nor is one that has beaten once', () => {
  expect(new Heartbeats().isOverdue(1_000_000)).toBe(false)
  expect(beating(1_000, 0).isOverdue(1_000_000)).toBe(false)
})

test('a quick one is dead after ten seconds, a slow one after three of its beats', () => {
  const quick = beating(1_000, 60_000)
  expect([quick.isOverdue(70_000), quick.isOverdue(70_001)]).toEqual([false, true])
  const slow = beating(30_000, 60_000)
  expect([slow.isOverdue(150_000), slow.isOverdue(150_001)]).toEqual([false, true])
})

test('where no sound goes out none is waited for, and the rhythm is known afterwards', () => {
  const heartbeats = beating(1_000, 60_000)
  heartbeats.pause()
  expect(heartbeats.isOverdue(200_000)).toBe(false)
  heartbeats.beat(300_000)
  expect(heartbeats.isOverdue(310_001)).toBe(true)
})
