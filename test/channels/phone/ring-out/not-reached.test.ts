import { expect, test } from 'vitest'
import { afterRefusal, afterStatus } from '../../../../src/channels/phone/ring-out/not-reached.ts'

test.each([
  [400, 21211, 'refused'],
  [400, 21215, 'refused'],
  [400, 21216, 'refused'],
  [400, 21219, 'refused'],
  [400, 21202, 'refused'],
  [429, 20429, 'limit'],
  [429, undefined, 'limit'],
  [400, 10004, 'limit'],
  [401, 20003, 'carrier'],
  [400, 21210, 'carrier'],
  [404, undefined, 'carrier'],
] as const)('Twilio’s refusal %i with code %s means %s', (status, code, why) => {
  expect(afterRefusal({ kind: 'refused', status, code })).toMatchObject({ kind: 'not-reached', why })
})

test('a call that goes on is not over, and each word of its end is known', () => {
  const words = ['queued', 'initiated', 'ringing', 'in-progress', 'answered', '', 'odd']
  expect(words.map(afterStatus)).toEqual(words.map(() => undefined))
  const ends = ['busy', 'no-answer', 'failed', 'canceled', 'completed'].map(status => afterStatus(status))
  expect(ends).toMatchObject(['busy', 'no-answer', 'failed', 'cancelled', 'no-line'].map(why => ({ why })))
})
