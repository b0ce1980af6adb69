import { expect, test } from 'vitest'
import { BROKEN_CODE, breakdown } from '../../src/operations/breakdown.ts'
import { FakeClock } from '../fakes/clock.ts'

type Told = { readonly level: string; readonly fields: Record<string, unknown>; readonly message: string }

function server(save: () => Promise<void>, failingLog = false) {
  const clock = new FakeClock()
  const told: Told[] = []
  const exits: number[] = []
  const logAt = (level: string) => (fields: object, message: string) => {
    if (failingLog) throw new Error('the log is full')
    told.push({ level, fields: { ...fields }, message })
  }
  const onError = breakdown({
    ...{ clock, save, log: { fatal: logAt('fatal'), error: logAt('error') } },
    exit: async code => void exits.push(code),
  })
  return { clock, told, exits, onError }
}

test('the first error is told, then the records are saved, then the process ends with a code of its own', async () => {
  const saved = Promise.withResolvers<void>()
  const { clock, told, exits, onError } = server(() => saved.promise)
  onError(new TypeError('x is not a function'), 'unhandledRejection')
  expect(told).toMatchObject([
    { level: 'fatal', fields: { origin: 'unhandledRejection', kind: 'TypeError', why: 'x is not a function' } },
  ])
  await clock.advance(2_900)
  expect(exits).toEqual([])
  saved.resolve()
  await clock.advance(1)
  expect(exits).toEqual([BROKEN_CODE])
  expect(told).toHaveLength(1)
})

test('records that take too long, or cannot be written, keep it from ending for three seconds at most', async () => {
  const slow = server(() => new Promise(() => undefined))
  slow.onError(new Error('first'), 'uncaughtException')
  await slow.clock.advance(3_000)
  expect([slow.exits, slow.told.at(-1)?.fields.why]).toEqual([
    [BROKEN_CODE],
    'writing the records took longer than … ms',
  ])
  const failing = server(async () => {
    throw new Error('the disk fails')
  })
  failing.onError(new Error('first'), 'uncaughtException')
  await failing.clock.advance(0)
  expect([failing.exits, failing.told.at(-1)?.fields.why]).toEqual([[BROKEN_CODE], 'the disk fails'])
})

test('more errors meanwhile are told a few times, and change nothing else', async () => {
  const { clock, told, exits, onError } = server(() => new Promise(() => undefined))
  for (let i = 0; i < 1_000; i++) onError(new Error(`error of the ${i}. time`), 'uncaughtException')
  expect(told.map(({ level }) => level)).toEqual(['fatal', 'error', 'error', 'error', 'error', 'error'])
  await clock.advance(60_000)
  expect(exits).toEqual([BROKEN_CODE])
})

test('a log that throws, an error that cannot be read and one that is none still end it', async () => {
  const deaf = server(async () => undefined, true)
  deaf.onError(new Error('first'), 'uncaughtException')
  await deaf.clock.advance(0)
  expect(deaf.exits).toEqual([BROKEN_CODE])
  const hostile = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('not to be read')
    },
  })
  for (const error of [hostile, undefined, null, 'text', 7, Object.create(null)]) {
    const { clock, exits, onError } = server(async () => undefined)
    onError(error, 'unhandledRejection')
    await clock.advance(0)
    expect(exits).toEqual([BROKEN_CODE])
  }
})

test('a line has where it was thrown, and nothing of a caller’s that the message quotes', () => {
  const { told, onError } = server(async () => undefined)
  const quoting = new SyntaxError('Unexpected token, "my name is Anna" is not JSON: +1 555 010 0201 anna@example.com')
  quoting.stack = `${quoting.name}: ${quoting.message}\n    at Anna Miller\n    at +15550100201:1:1\n    at read (file:///app/src/a.ts:3:5)`
  onError(quoting, 'uncaughtException')
  const line = JSON.stringify(told)
  for (const word of ['Anna', 'anna', '555', '0201']) expect(line).not.toContain(word)
  expect(told[0]?.fields.at).toEqual(['at read (file:///app/src/a.ts:3:5)'])
})
