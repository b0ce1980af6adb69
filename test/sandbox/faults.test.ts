import { expect, test } from 'vitest'
import { type Fault, type FaultyLine, openFaults } from '../../src/sandbox/faults.ts'
import { FakeClock } from '../fakes/clock.ts'

interface Connection extends FaultyLine {
  readonly isDropped: () => boolean
  readonly end: () => void
}

function open(initial: readonly Fault[] = []) {
  const clock = new FakeClock()
  const faults = openFaults(clock, initial)
  function connect(): Connection {
    const lifetime = new AbortController()
    let dropped = false
    const line = faults.join(() => {
      dropped = true
    }, lifetime.signal)
    return { ...line, isDropped: () => dropped, end: () => lifetime.abort() }
  }
  return { clock, faults, connect }
}
const fates = (line: FaultyLine, count: number): readonly string[] => Array.from({ length: count }, line.fate)

test('every message is sent when no fault is set', () => {
  expect(fates(open().connect(), 3)).toEqual(['send', 'send', 'send'])
})

test('a drop without conditions resets the oldest open connection', async () => {
  const { clock, faults, connect } = open()
  const [old, young] = [connect(), connect()]
  faults.set([{ kind: 'drop' }])
  await clock.advance(0)
  expect([old.isDropped(), young.isDropped()]).toEqual([true, false])
})

test('a drop after some ms needs no message', async () => {
  const { clock, connect } = open([{ kind: 'drop', afterMs: 500 }])
  const line = connect()
  await clock.advance(499)
  expect(line.isDropped()).toBe(false)
  await clock.advance(1)
  expect(line.isDropped()).toBe(true)
})

test('a drop after some messages counts them from when it was set', () => {
  const { faults, connect } = open()
  const line = connect()
  fates(line, 5)
  faults.set([{ kind: 'drop', afterMessages: 2 }])
  expect(fates(line, 3)).toEqual(['send', 'send', 'drop'])
  expect(line.isDropped()).toBe(true)
})

test('a fault with afterMessages and afterMs waits for both', async () => {
  const { clock, connect } = open([{ kind: 'malformed', afterMessages: 1, afterMs: 100 }])
  const line = connect()
  expect(fates(line, 3)).toEqual(['send', 'send', 'send'])
  await clock.advance(100)
  expect(fates(line, 2)).toEqual(['malformed', 'send'])
})

test('a stalled connection stays silent, and the next one works', () => {
  const { connect } = open([{ kind: 'stall', afterMessages: 1 }])
  expect(fates(connect(), 3)).toEqual(['send', 'stall', 'stall'])
  expect(fates(connect(), 2)).toEqual(['send', 'send'])
})

test('times is the number of connections that get the fault', () => {
  const { faults, connect } = open([{ kind: 'stall', times: 2 }])
  expect(faults.left()).toEqual([{ kind: 'stall', times: 2 }])
  expect([connect(), connect(), connect()].map(line => line.fate())).toEqual(['stall', 'stall', 'send'])
  expect(faults.left()).toEqual([])
})

test('a fault that was not injected waits for the next connection', () => {
  const { connect } = open([{ kind: 'drop', afterMessages: 2 }])
  const short = connect()
  fates(short, 1)
  short.end()
  expect(fates(connect(), 3)).toEqual(['send', 'send', 'drop'])
})

test('a status refuses as many times as set, and changes no open connection', () => {
  const { faults, connect } = open([{ kind: 'status', status: 429, times: 2 }])
  const line = connect()
  expect([faults.status(), faults.status(), faults.status()]).toEqual([429, 429, undefined])
  expect(line.fate()).toBe('send')
})

test('setting no faults clears those that are left, also one that waits on an open connection', () => {
  const { faults, connect } = open([{ kind: 'stall', times: 5, afterMessages: 1 }])
  const line = connect()
  faults.set([])
  expect(fates(line, 3)).toEqual(['send', 'send', 'send'])
  expect(faults.left()).toEqual([])
})
