import { expect, test } from 'vitest'
import type * as Sandbox from '../../../src/sandbox/softphone/messages.ts'
import { type FromPage, messageIn, type ToPage } from '../../../src/web/softphone/line/messages.ts'
import { troubleOf } from '../../../src/web/softphone/sound/microphone.ts'
import { keyTones } from '../../../src/web/softphone/sound/tones.ts'
import { chosenFrom, DEFAULTS, numberIn } from '../../../src/web/softphone/state/chosen.ts'
import { localAddress, tell } from '../../../src/web/softphone/state/problems.ts'
import { callWords, endedWords, times } from '../../../src/web/softphone/state/say.ts'

/** Nothing in it can be changed. */
type Frozen<T> = { readonly [Key in keyof T]: Frozen<T[Key]> }

test('page and sandbox mean the same by what they say: tsc holds it', () => {
  const asSandbox = (sent: FromPage): Frozen<Sandbox.FromPage> => sent
  const asPage = (sent: Sandbox.ToPage): ToPage => sent
  expect(asSandbox({ kind: 'hang-up' })).toEqual(asSandbox({ kind: 'hang-up' }))
  expect(asPage({ kind: 'tasks', tasks: [] }).kind).toBe('tasks')
  expect(messageIn('{"kind":"saved","path":"x"}')).toEqual({ kind: 'saved', path: 'x' })
  for (const text of ['', 'null', '7', '[]', '{"path":"x"}', '{']) expect(messageIn(text)).toBeUndefined()
})

test('what browsers throw when a microphone is opened is told apart, each in words of its own', () => {
  const trouble = (name: string) => troubleOf(new DOMException('', name))
  expect(['NotAllowedError', 'SecurityError'].map(trouble)).toEqual(['denied', 'denied'])
  expect(['NotFoundError', 'OverconstrainedError'].map(trouble)).toEqual(['none', 'none'])
  expect(['NotReadableError', 'AbortError'].map(trouble)).toEqual(['in-use', 'in-use'])
  expect([new TypeError('x'), 'x', undefined].map(troubleOf)).toEqual(['failed', 'failed', 'failed'])
  const told = (['denied', 'none', 'in-use', 'failed', 'rates', 'worklet', 'held', 'stuck', 'old'] as const).map(one =>
    tell(one),
  )
  expect(new Set(told.map(({ title }) => title)).size).toBe(told.length)
})

test('an insecure address says the one where the page works', () => {
  expect(tell('insecure', localAddress({ port: '8090' })).help).toBe('http://127.0.0.1:8090/')
  expect(localAddress({ port: '' })).toBe('http://127.0.0.1/')
})

test('a number is taken as people write it, and nothing else is', () => {
  expect(['+1 (555) 010-0042', '0049 30 123456', '+49/30/123456'].map(numberIn)).toEqual([
    '+15550100042',
    '+4930123456',
    '+4930123456',
  ])
  for (const typed of ['', '555 0100', '+0123456789', '+1', 'anonymous', '+1234567890123456']) {
    expect(numberIn(typed)).toBeUndefined()
  }
})

test('what a machine remembers is read with care', () => {
  for (const text of [null, '', '7', '[]', '{"volume":7,"number":"x","microphone":3}'])
    expect(chosenFrom(text)).toEqual(DEFAULTS)
  expect(chosenFrom('{"volume":0,"isWithheld":true,"microphone":"a"}')).toEqual({
    ...DEFAULTS,
    ...{ volume: 0, isWithheld: true, microphone: 'a' },
  })
})

test('where a call is and how it ended is said in words', () => {
  expect(callWords({ kind: 'answered', sinceMs: 0 }, true)).toBe('On hold')
  expect(endedWords({ by: 'caller', why: 'hung up' })).toBe('You hung up.')
  expect(endedWords({ by: 'agent', why: 'time limit' })).toBe('The agent hung up. (time limit)')
  expect([0, 1, 2, 3].map(times)).toEqual(['never', 'once', 'twice', '3 times'])
})

test('each key has its own two tones', () => {
  expect(keyTones('5')).toEqual([770, 1_336])
  expect(keyTones('#')).toEqual([941, 1_477])
  expect(new Set([...'0123456789*#'].map(key => keyTones(key).join())).size).toBe(12)
})
