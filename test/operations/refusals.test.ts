import { expect, test } from 'vitest'
import { refusals } from '../../src/operations/refusals.ts'
import { FakeClock } from '../fakes/clock.ts'

test('a thousand refused requests in fifteen seconds are logged twice, without their queries', async () => {
  const clock = new FakeClock()
  const logged: object[] = []
  const refused = refusals(clock, { warn: fields => logged.push(fields) })
  for (let i = 0; i < 1_000; i++) {
    refused('10.0.0.1', '/calls/answer?secret=1')
    await clock.advance(15)
  }
  expect(logged).toEqual([
    { ip: '10.0.0.1', path: '/calls/answer', count: 1 },
    { ip: '10.0.0.1', path: '/calls/answer', count: 667 },
  ])
})
