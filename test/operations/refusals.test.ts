import { expect, test } from 'vitest'
import { refusals } from '../../src/operations/refusals.ts'
import { FakeClock } from '../fakes/clock.ts'

test('a stranger who knocks a thousand times is told of twice in fifteen seconds, without what he asked', async () => {
  const clock = new FakeClock()
  const told: object[] = []
  const refused = refusals(clock, { warn: fields => told.push(fields) })
  for (let i = 0; i < 1_000; i++) {
    refused('10.0.0.1', '/calls/answer?secret=1')
    await clock.advance(15)
  }
  expect(told).toEqual([
    { ip: '10.0.0.1', path: '/calls/answer', count: 1 },
    { ip: '10.0.0.1', path: '/calls/answer', count: 667 },
  ])
})
