import { expect, test } from 'vitest'
import { warnings } from '../../src/operations/warnings.ts'

const warning = (name: string, message: string, code?: string): Error =>
  Object.assign(new Error(message), { name, ...(code !== undefined && { code }) })

test('each kind of warning is logged once, without what a message quotes, and strangers’ kinds have a bound', () => {
  const told: object[] = []
  const onWarning = warnings({ warn: fields => void told.push(fields) })
  const leak = 'Possible EventEmitter memory leak detected. 11 abort listeners added to [AbortSignal].'
  for (let i = 0; i < 3; i++) onWarning(warning('MaxListenersExceededWarning', leak))
  onWarning(warning('DeprecationWarning', 'url.parse("http://anna@host") is not safe', 'DEP0169'))
  onWarning(warning('DeprecationWarning', 'another one', 'DEP0170'))
  expect(told).toEqual([
    { kind: 'MaxListenersExceededWarning', code: undefined, why: expect.stringContaining('11 abort listeners') },
    { kind: 'DeprecationWarning', code: 'DEP0169', why: 'url.parse(…) is not safe' },
    { kind: 'DeprecationWarning', code: 'DEP0170', why: 'another one' },
  ])
  for (let i = 0; i < 1_000; i++) onWarning(warning(`Kind${i}`, 'x'.repeat(10_000)))
  expect(told.length).toBeLessThanOrEqual(50)
  expect(JSON.stringify(told).length).toBeLessThan(20_000)
})
