import { expect, test } from 'vitest'
import { type ChangeAsked, type ChangeOutcome, repeatedChanges } from '../../../src/tools/running/repeated-changes.ts'
import { FakeClock } from '../../fakes/clock.ts'

const never = new AbortController().signal
const MILK: ChangeAsked = {
  callId: 'CA1',
  server: 'tasks',
  tool: 'add',
  given: { title: 'Buy milk', more: { at: 1, on: 2 } },
  onceMs: 60_000,
  key: 'key 1',
}
const AGAIN = /^This was done a moment ago, and was not done again\. It is added\.$/

function changes() {
  const clock = new FakeClock()
  const repeated = repeatedChanges(clock)
  const keys: string[] = []
  /** Asks for a change with this outcome, which may come later. */
  const ask = (
    more: Partial<ChangeAsked> = {},
    outcome: ChangeOutcome | Promise<ChangeOutcome> = DONE,
    signal = never,
  ) => {
    const make = (key: string) => {
      keys.push(key)
      return Promise.resolve(outcome)
    }
    return repeated.made({ ...MILK, ...more }, make, signal)
  }
  return { clock, repeated, keys, ask }
}
const DONE: ChangeOutcome = { kind: 'done', text: 'It is added.' }
const UNKNOWN: ChangeOutcome = { kind: 'unknown', text: 'Nobody knows.' }

test('a change asked for again while it is being made is made once, and both requests get its outcome', async () => {
  const { keys, ask } = changes()
  const { promise, resolve } = Promise.withResolvers<ChangeOutcome>()
  const both = [ask({ onceMs: 0 }, promise), ask({ onceMs: 0, key: 'key 2' })]
  resolve(DONE)
  expect(await Promise.all(both)).toEqual(['It is added.', 'It is added.'])
  expect(keys).toEqual(['key 1'])
  await ask({ onceMs: 0, key: 'key 3' })
  expect(keys).toEqual(['key 1', 'key 3'])
})

test('a request that waits for the same change ends with its own signal', async () => {
  const { ask } = changes()
  const { promise, resolve } = Promise.withResolvers<ChangeOutcome>()
  const stop = new AbortController()
  const first = ask({}, promise)
  const second = ask({}, DONE, stop.signal)
  stop.abort(new Error('the call is over'))
  await expect(second).rejects.toThrow('the call is over')
  resolve(DONE)
  expect(await first).toBe('It is added.')
})

test('a change that was made is not made again for a while, in whatever order its arguments come', async () => {
  const { clock, keys, ask } = changes()
  await ask()
  expect(await ask({ given: { more: { on: 2, at: 1 }, title: 'Buy milk' } })).toMatch(AGAIN)
  await clock.advance(60_000)
  expect(await ask({ key: 'key 2' })).toBe('It is added.')
  expect(keys).toEqual(['key 1', 'key 2'])
})

test.each([
  ['other arguments', { given: { title: 'Buy tea' } }],
  ['another tool', { tool: 'remove' }],
  ['another call', { callId: 'CA2' }],
  ['another server', { server: 'notes' }],
])('%s make another change', async (_, more) => {
  const { keys, ask } = changes()
  await ask()
  expect(await ask({ ...more, key: 'key 2' })).toBe('It is added.')
  expect(keys).toEqual(['key 1', 'key 2'])
})

test.each([DONE, UNKNOWN])(
  'once another change may have been made, the first may be wanted again ($kind)',
  async outcome => {
    const { keys, ask } = changes()
    await ask()
    await ask({ tool: 'undo', given: {}, key: 'key 2' }, outcome)
    expect(await ask({ key: 'key 3' })).toBe('It is added.')
    expect(keys).toEqual(['key 1', 'key 2', 'key 3'])
  },
)

test.each([
  ['in another call', { callId: 'CA2' }],
  ['at another server', { server: 'notes' }],
])('a change %s does not make the first one wanted again', async (_, elsewhere) => {
  const { keys, ask } = changes()
  await ask()
  await ask({ ...elsewhere, tool: 'undo', given: {}, key: 'key 2' })
  expect(await ask({ key: 'key 3' })).toMatch(AGAIN)
  expect(keys).toEqual(['key 1', 'key 2'])
})

test('a change that was made at another server of ours is remembered for the rest of its time', async () => {
  const { clock, repeated, keys, ask } = changes()
  repeated.remember(MILK, 'It is added.', 40_000)
  await clock.advance(19_999)
  expect(await ask()).toMatch(AGAIN)
  await clock.advance(1)
  expect(await ask({ key: 'key 2' })).toBe('It is added.')
  expect(keys).toEqual(['key 2'])
})

test('a change that was certainly not made may be tried again, and does not affect changes made before', async () => {
  const { repeated, keys, ask } = changes()
  await ask()
  await ask({ tool: 'undo', given: {}, key: 'key 2' }, { kind: 'not done', text: 'There is nothing.' })
  expect(repeated.isInDoubt({ ...MILK, tool: 'undo', given: {} })).toBe(false)
  expect(await ask({ key: 'key 3' })).toMatch(AGAIN)
  expect(keys).toEqual(['key 1', 'key 2'])
})

test('a failed change is tried again with its key, until something else was changed', async () => {
  const { keys, ask } = changes()
  const failed = { kind: 'not done', text: 'It does not work.' } as const
  await ask({}, failed)
  await ask({ key: 'key 2' }, failed)
  await ask({ tool: 'remove', key: 'key 3' })
  await ask({ key: 'key 4' })
  expect(keys).toEqual(['key 1', 'key 1', 'key 3', 'key 4'])
})

test('a change with an unknown outcome is in doubt, and is made with its first key until the outcome is known', async () => {
  const { repeated, keys, ask } = changes()
  await ask({}, UNKNOWN)
  expect(repeated.isInDoubt(MILK)).toBe(true)
  expect(repeated.isInDoubt({ ...MILK, callId: 'CA2' })).toBe(false)
  await ask({ key: 'key 2' }, UNKNOWN)
  await expect(ask({ key: 'key 3' }, Promise.reject(new Error('the call is over')))).rejects.toThrow('the call is over')
  expect(repeated.isInDoubt(MILK)).toBe(true)
  expect(await ask({ key: 'key 4' })).toBe('It is added.')
  expect(repeated.isInDoubt(MILK)).toBe(false)
  expect(keys).toEqual(['key 1', 'key 1', 'key 1', 'key 1'])
})

test('the oldest of more than 5,000 changes is forgotten', async () => {
  const { repeated, ask } = changes()
  for (let number = 0; number <= 5_000; number++) await ask({ given: { number } }, UNKNOWN)
  expect(repeated.isInDoubt({ ...MILK, given: { number: 0 } })).toBe(false)
  expect(repeated.isInDoubt({ ...MILK, given: { number: 1 } })).toBe(true)
})

test('a change that is being made is never forgotten, however many others are made meanwhile', async () => {
  const { keys, ask } = changes()
  const { promise, resolve } = Promise.withResolvers<ChangeOutcome>()
  const first = ask({}, promise)
  for (let i = 0; i < 5_010; i++) await ask({ callId: `CA of ${i}`, key: `other ${i}` })
  const again = ask({ key: 'key 2' })
  resolve(DONE)
  expect([await first, await again]).toEqual(['It is added.', 'It is added.'])
  expect(keys.filter(key => key.startsWith('key'))).toEqual(['key 1'])
  // The oldest of the others are.
  await ask({ callId: 'CA of 0', key: 'key 3' })
  expect(keys.at(-1)).toBe('key 3')
})
