import { expect, test } from 'vitest'
import { openPlayout } from '../../../src/sandbox/twilio/playout.ts'

const sound = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(0x20)
const loud = (heard: Uint8Array): number => heard.filter(byte => byte === 0x20).length

test('audio is played 160 bytes a slot in the order it came, then silence', () => {
  const playout = openPlayout()
  playout.enqueue(Uint8Array.from({ length: 200 }, (_, i) => i))
  playout.enqueue(Uint8Array.from({ length: 40 }, (_, i) => 200 + i))
  const [first, second, third] = [playout.slot().heard, playout.slot().heard, playout.slot().heard]
  expect([...first]).toEqual(Array.from({ length: 160 }, (_, i) => i))
  expect([...second.subarray(0, 80)]).toEqual(Array.from({ length: 80 }, (_, i) => 160 + i))
  expect(second.subarray(80).every(byte => byte === 0xff)).toBe(true)
  expect(third.every(byte => byte === 0xff)).toBe(true)
})

test('the queue drains in real time, however fast it was filled', () => {
  const playout = openPlayout()
  playout.enqueue(sound(1000))
  expect(playout.queuedMs).toBe(1000)
  for (let slot = 0; slot < 25; slot++) playout.slot()
  expect(playout.queuedMs).toBe(500)
})

test('a mark is echoed at once when nothing is queued', () => {
  expect(openPlayout().mark('now')).toEqual(['now'])
})

test('a mark is echoed when all audio queued before it has been played, not earlier', () => {
  const playout = openPlayout()
  playout.enqueue(sound(40))
  expect(playout.mark('a')).toEqual([])
  playout.enqueue(sound(20))
  expect(playout.mark('b')).toEqual([])
  const echoes = Array.from({ length: 5 }, () => playout.slot().marks)
  expect(echoes).toEqual([[], [], ['a'], ['b'], []])
})

test('a mark that comes while the last slot plays waits for the end of that slot', () => {
  const playout = openPlayout()
  playout.enqueue(sound(20))
  playout.slot()
  expect(playout.mark('end')).toEqual([])
  expect(playout.slot().marks).toEqual(['end'])
})

test('clear drops the queue, echoes every pending mark in order, and later audio plays as usual', () => {
  const playout = openPlayout()
  playout.enqueue(sound(100))
  playout.mark('a')
  playout.enqueue(sound(100))
  playout.mark('b')
  playout.slot()
  expect(playout.clear()).toEqual({ droppedMs: 180, marks: ['a', 'b'] })
  expect(loud(playout.slot().heard)).toBe(0)
  playout.enqueue(sound(20))
  playout.mark('c')
  expect(loud(playout.slot().heard)).toBe(160)
  expect(playout.slot().marks).toEqual(['c'])
})

test('more than ten minutes of audio are refused', () => {
  const playout = openPlayout()
  expect(playout.enqueue(sound(600_000))).toBe(true)
  expect(playout.enqueue(sound(20))).toBe(false)
  expect(playout.queuedMs).toBe(600_000)
})
