import { expect, test } from 'vitest'
import { floodGauge } from '../../../src/tools/links/flood.ts'
import { FakeClock } from '../../fakes/clock.ts'

test('a thousand messages in a second are taken, and one more is not, whatever comes together', async () => {
  const gauge = floodGauge(new FakeClock())
  gauge(600)
  for (let i = 0; i < 400; i++) gauge(1)
  expect(() => gauge(1)).toThrow('more than 1000 messages in a second')
  expect(() => floodGauge(new FakeClock())(1_001)).toThrow('more than 1000')
})

test('each second counts for itself, from its first message on', async () => {
  const clock = new FakeClock()
  const gauge = floodGauge(clock)
  for (let second = 0; second < 3; second++) {
    gauge(500)
    await clock.advance(999)
    gauge(500)
    await clock.advance(1)
  }
  gauge(1_000)
  await clock.advance(999)
  expect(() => gauge(1)).toThrow('more than 1000')
})
